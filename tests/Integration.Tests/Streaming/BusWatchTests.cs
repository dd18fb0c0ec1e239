using Coinsphere.Messaging.Client;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Streaming;

/// <summary>A client that watches over a real broker, as the user that listens.</summary>
public sealed class BusWatchTests(Broker broker) : IClassFixture<Broker>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_GoesOnAfterALostConnection_AndSaysThatEventsMayBeMissing()
    {
        using var worker = await broker.StartWorkerAsync();
        await using var services = await StartAsync(Broker.Dashboard);
        var client = services.GetRequiredService<IPredictionClient>();
        var seen = client.WatchPredictionsAsync(["BTC"], cancellationToken: Cancel).GetAsyncEnumerator(Cancel);

        Assert.Equal("BTC", (await NextAsync()).Answer?.Symbol);
        await broker.CloseConnectionsAsync();
        Watched<PredictionAnswer> next;
        do
        {
            next = await NextAsync();
        }
        while (next.Missed is null);
        Assert.Contains("may be missing", next.Missed, StringComparison.Ordinal);
        Assert.Equal("BTC", (await NextAsync()).Answer?.Symbol);
        await seen.DisposeAsync();

        await services.GetRequiredService<IBusControl>().StopAsync(Cancel);
        Assert.DoesNotContain((await broker.QueuesAsync()).Keys, queue => queue.StartsWith("client.dashboard.watch-", StringComparison.Ordinal));

        async Task<Watched<PredictionAnswer>> NextAsync()
        {
            var moved = seen.MoveNextAsync().AsTask();
            // What is asked for before the queue is there is not seen.
            await Until.True(
                async () =>
                {
                    await (await Caller.ConnectAsync(broker)).AskAsync("predict-durable", """{"symbol":"BTC"}""");
                    return moved.IsCompleted;
                },
                "an event comes",
                Limit);
            Assert.True(await moved);
            return seen.Current;
        }
    }

    [Fact]
    public async Task UserWithoutTheRight_IsToldSo()
    {
        await using var services = await StartAsync(Broker.Gateway);
        await using var seen = services.GetRequiredService<IPredictionClient>().WatchAlertsAsync(cancellationToken: Cancel).GetAsyncEnumerator(Cancel);

        var refused = await Assert.ThrowsAsync<WatchRefusedException>(() => seen.MoveNextAsync().AsTask().WaitAsync(Limit, Cancel));

        Assert.Contains("may not receive events", refused.Message, StringComparison.Ordinal);
        await services.GetRequiredService<IBusControl>().StopAsync(Cancel);
    }

    private async Task<ServiceProvider> StartAsync(string user)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddRabbitMqBus(new ConfigurationManager { ["RabbitMq:Url"] = broker.Url(user) }, _ => { });
        services.AddPredictionBusClient();
        var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IBusControl>().StartAsync(Limit);
        return provider;
    }
}
