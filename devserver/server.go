package main

import (
	"net/netip"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
)

const (
	clusterName     = "active"
	mainStore       = "main"
	visibilityStore = "visibility"
	disabled        = "disabled"
	maxJoinDuration = 30 * time.Second
)

// newServer builds the server. It binds its ports here, and ends the process
// should one be taken after all.
func newServer(set settings, p *ports, logger log.Logger) (temporal.Server, error) {
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, addr := range p.services() {
		hosts[name] = static.SingleLocalHost(dialable(addr))
	}
	config := newAttributes(dynamicConfig(), time.Now)
	return temporal.NewServer(
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithConfig(serverConfig(set, p)),
		temporal.WithStaticHosts(hosts), // no gossip between four services in one process
		temporal.WithDynamicConfigClient(config),
		temporal.WithChainedFrontendGrpcInterceptors(config.watch),
		temporal.WithLogger(logger),
	)
}

// services are the addresses of the four services by name.
func (p *ports) services() map[primitives.ServiceName]netip.AddrPort {
	return map[primitives.ServiceName]netip.AddrPort{
		primitives.FrontendService: p.frontend,
		primitives.HistoryService:  p.history,
		primitives.MatchingService: p.matching,
		primitives.WorkerService:   p.worker,
	}
}

func serverConfig(set settings, p *ports) *config.Config {
	return &config.Config{
		Global: config.Global{Membership: config.Membership{
			MaxJoinDuration:  maxJoinDuration,
			BroadcastAddress: "127.0.0.1",
		}},
		Persistence:         persistence(set),
		ClusterMetadata:     clusterMetadata(dialable(p.frontend)),
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            services(p),
		PublicClient:        config.PublicClient{HostPort: dialable(p.frontend)},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: disabled},
			Visibility: config.VisibilityArchival{State: disabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: disabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: disabled},
		}},
	}
}

func persistence(set settings) config.Persistence {
	return config.Persistence{
		DefaultStore:     mainStore,
		VisibilityStore:  visibilityStore,
		NumHistoryShards: set.shards,
		DataStores: map[string]config.DataStore{
			mainStore:       {SQL: sqlConfig(set.database, mainDatabase(set.prefix), mainConns)},
			visibilityStore: {SQL: sqlConfig(set.database, visibilityDatabase(set.prefix), visibilityConns)},
		},
	}
}

// clusterMetadata describes a cluster of one. It is written to the database at
// the first start and must not change.
func clusterMetadata(frontend string) *cluster.Config {
	return &cluster.Config{
		FailoverVersionIncrement: 10,
		MasterClusterName:        clusterName,
		CurrentClusterName:       clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
			Enabled:                true,
			InitialFailoverVersion: 1,
			RPCAddress:             frontend,
			ClusterID:              "leadrail",
		}},
	}
}

func services(p *ports) map[string]config.Service {
	all := map[string]config.Service{}
	for name, addr := range p.services() {
		all[string(name)] = config.Service{RPC: config.RPC{
			GRPCPort: int(addr.Port()),
			BindOnIP: addr.Addr().String(),
		}}
	}
	return all
}
