using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>A gateway and a worker on a broker of their own, each as its own least-privileged user.</summary>
public abstract class RunningSystem : IAsyncLifetime
{
    private WebApplication? _gateway;

    public Broker Broker { get; } = new();

    /// <summary>A client of the gateway.</summary>
    protected HttpClient Http { get; } = new();

    protected IHost? Worker { get; private set; }

    public virtual async ValueTask InitializeAsync()
    {
        await Broker.InitializeAsync();
        Worker = await Broker.StartWorkerAsync();
        _gateway = await Broker.StartGatewayAsync();
        Http.BaseAddress = new Uri(_gateway.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var host in (IHost?[])[_gateway, Worker])
        {
            if (host is not null)
            {
                await host.StopAsync();
                host.Dispose();
            }
        }

        await Broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
