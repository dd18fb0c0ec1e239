using Coinsphere.Messaging.Hosting.Caching;
using MassTransit;
using MassTransit.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;

namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>The gateway's own program on a bus in memory, with a stand-in for the workers. Shared by the tests of a class.</summary>
public class GatewayFactory : WebApplicationFactory<Program>
{
    public StandInWorker Worker { get; init; } = new();

    public IResultCache Cache => Services.GetRequiredService<IResultCache>();

    public ITestHarness Bus => Services.GetRequiredService<ITestHarness>();

    /// <summary>A client, and a worker that answers everything.</summary>
    public HttpClient Fresh()
    {
        var plain = new StandInWorker();
        (Worker.Predict, Worker.PredictEnsemble, Worker.Risk, Worker.PortfolioRisk, Worker.Models, Worker.Prices) =
            (plain.Predict, plain.PredictEnsemble, plain.Risk, plain.PortfolioRisk, plain.Models, plain.Prices);
        (Worker.History, Worker.Accuracy, Worker.Backtest) = (plain.History, plain.Accuracy, plain.Backtest);
        Worker.Alerts = plain.Alerts;
        Worker.Asked.Clear();
        return CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = ClientOptions.BaseAddress });
    }

    /// <summary>Stores a body as a worker would.</summary>
    public async Task StoreAsync(CacheKey key, ReadOnlyMemory<byte> body)
    {
        var version = await Cache.VersionAsync(key.Symbol, CancellationToken.None);
        await Cache.StoreAsync(key, version, body, TimeSpan.FromMinutes(5), CancellationToken.None);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("RabbitMq:Url", "amqp://guest:guest@127.0.0.1:1");
        builder.UseSetting("Gateway:CorsOrigins", "http://localhost:5173,http://localhost:3001");
        builder.ConfigureLogging(logging => logging.ClearProviders());
        // In the place of the Redis that a gateway and its workers share.
        builder.ConfigureTestServices(services => services.AddSingleton<IResultCache, MemoryResultCache>().AddMassTransitTestHarness(bus =>
        {
            bus.SetTestTimeouts(testInactivityTimeout: TimeSpan.FromSeconds(5));
            bus.UsingInMemory((context, memory) =>
            {
                Worker.Listen(memory);
                memory.ConfigureEndpoints(context);
            });
        }));
    }
}
