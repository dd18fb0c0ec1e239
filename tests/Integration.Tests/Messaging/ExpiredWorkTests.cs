using System.Text.Json;
using Coinsphere.Messaging.Worker.MarketData;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Work that nobody waits for any more.</summary>
public sealed class ExpiredWorkTests(Broker broker) : IClassFixture<Broker>
{
    private const int Requests = 50;

    [Theory]
    [InlineData("predict")]
    [InlineData("risk")]
    public async Task RequestsPastTheirDeadline_AreCountedAndRefusedAndNeverComputed(string endpoint)
    {
        using var expired = new Counters("coinsphere.expired");
        var prices = new CountedPrices();
        var replies = $"client.publisher.expired-{endpoint}";
        await broker.DeclareAsync(replies);
        var caller = await Caller.ConnectAsync(broker);
        var request = JsonSerializer.Serialize(new { symbol = "BTC", deadline = DateTimeOffset.UtcNow.AddSeconds(-1) });
        for (var i = 0; i < Requests; i++)
        {
            await caller.SendAsync(endpoint, request, replyTo: replies);
        }

        using var worker = await broker.StartWorkerAsync(services => services.AddSingleton<IPriceSource>(prices));

        for (var i = 0; i < Requests; i++)
        {
            var reply = await broker.TakeAsync(replies);
            Assert.Equal("deadline_exceeded", JsonDocument.Parse(reply.Body).RootElement.GetProperty("reason").GetString());
        }

        Assert.Equal(Requests, expired.Sum);
        Assert.Equal(0, prices.Reads);
        await worker.StopAsync(TestContext.Current.CancellationToken);
    }
}
