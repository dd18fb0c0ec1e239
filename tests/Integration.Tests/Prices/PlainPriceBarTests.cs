using System.Text.Json;
using Coinsphere.Messaging.Integration.Tests.Messaging;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

/// <summary>Bars from any AMQP client, over the broker, as the user that may publish them.</summary>
public sealed class PlainPriceBarTests : IAsyncLifetime
{
    private const string Exchange = "Coinsphere.Messaging.Contracts:PriceBarClosed";

    private readonly Broker _broker = new();
    private TestDatabase _database = null!;
    private IHost _worker = null!;

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        _database = await TestDatabase.CreateAsync();
        _worker = await _broker.StartWorkerAsync(database: _database.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        await _database.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [Fact]
    public async Task PlainBar_IsWritten_AndOneThatCannotBeReadIsRefusedAndKept()
    {
        var caller = await Caller.ConnectAsync(_broker, _broker.Url(Broker.Prices));

        await caller.SendAsync(
            Exchange,
            """{"symbol":"BTC","day":"2024-06-30","open":62000,"high":63000,"low":61000,"close":62500,"volume":1234.5}""",
            contentType: null);
        await _database.UntilAsync("select count(*) = 1 from price_data where close = 62500");

        await RefusedAsync(
            """{"symbol":"BTC","day":"yesterday","open":1,"high":1,"low":1,"close":1,"volume":1}""",
            "day must be a date such as \"2025-10-12\" (line 1, byte ");
        await RefusedAsync("""{"symbol":"BTC","day":"2024-06-30","open":1,"high":1,"low":1,"close":"1","volume":1}""", "close must be a number (line 1, byte ");
        await RefusedAsync("""{"symbol":"BTC","day":"2024-06-30","open":1,"high":1,"low":1,"close":1}""", "volume is missing: expected a number");

        async Task RefusedAsync(string body, string detail)
        {
            var reply = await caller.AskAsync(Exchange, body);
            Assert.Equal("refusal", reply.Type);
            Assert.StartsWith(detail, JsonDocument.Parse(reply.Body).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
            await _broker.TakeAsync("price-bars_error");
        }
    }

    [Fact]
    public async Task BurstOfCorrectionsThroughTwoWorkers_EndsWithTheLastThatWasSent()
    {
        const int Corrections = 40;
        using var second = await _broker.StartWorkerAsync(database: _database.ConnectionString);
        var caller = await Caller.ConnectAsync(_broker, _broker.Url(Broker.Prices));
        var sent = DateTimeOffset.UtcNow.AddMinutes(-1);
        for (var burst = 1; burst <= 5; burst++)
        {
            // Every second one overtaken on its way.
            var order = Enumerable.Range(1, Corrections).Select(i => burst % 2 == 0 ? Corrections + 1 - i : i);
            await Task.WhenAll(order.Select(i => caller.SendAsync(
                Exchange,
                Envelope(new DateOnly(2024, 6, burst), 62_000 + i, sent.AddMilliseconds(i)),
                contentType: "application/vnd.masstransit+json")));
        }

        const string AllLast = "select count(*) = 5 from price_data where close = 62040";
        await _database.UntilAsync(AllLast);
        // What comes later is older.
        await Until.True(
            async () => (await _broker.QueuesAsync("messages"))["price-bars"].GetProperty("messages").GetInt32() == 0,
            "every correction is handled");
        Assert.True(await _database.ValueAsync<bool>(AllLast));
        await second.StopAsync(TestContext.Current.CancellationToken);

        static string Envelope(DateOnly day, double close, DateTimeOffset at) => JsonSerializer.Serialize(new
        {
            messageId = Guid.NewGuid(),
            messageType = new[] { "urn:message:Coinsphere.Messaging.Contracts:PriceBarClosed" },
            sentTime = at,
            message = new { symbol = "BTC", day, open = 62_000, high = 63_000, low = 61_000, close, volume = 1, correction = "a test" },
            host = new { machineName = "publisher", processId = 1 },
        });
    }
}
