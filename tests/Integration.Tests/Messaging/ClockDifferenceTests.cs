using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Coinsphere.Messaging.Integration.Tests.Messaging;

/// <summary>Workers whose clocks differ from those of who asks.</summary>
public sealed class ClockDifferenceTests(Broker broker) : IClassFixture<Broker>
{
    private static readonly DateOnly AskedDay = new(2024, 6, 30);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(6)]
    [InlineData(-20)]
    public async Task WorkerWithAnotherClock_AnswersAsTheOthersDo_AndIsNoted(int seconds)
    {
        using var right = await broker.StartWorkerAsync();
        using var wrong = await broker.StartWorkerAsync(time: new OffTime(seconds));
        await using var gateway = await broker.StartGatewayAsync();
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };

        for (var i = 0; i < 30; i++)
        {
            using var response = await http.PostAsJsonAsync(
                "/predict",
                new { symbol = "BTC", asOf = $"2024-06-{1 + (i % 28):00}", timeframe = i % 2 == 0 ? "7d" : "14d" },
                Cancel);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await Until.True(async () =>
        {
            using var asked = await http.PostAsJsonAsync("/risk-score", new { symbol = $"S{Guid.NewGuid().ToString("N")[..8].ToUpperInvariant()}" }, Cancel);
            var ready = await http.GetFromJsonAsync<JsonElement>("/health/ready", Cancel);
            return ready.GetProperty("status").GetString() == "ready"
                && ready.GetProperty("notes").EnumerateArray().Any(note => note.GetString()!.Contains("clock: the clock of ", StringComparison.Ordinal));
        }, "readiness notes the clock");

        await right.StopAsync(Cancel);
        await wrong.StopAsync(Cancel);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(-20)]
    public async Task DeadlineOfAWorkerWithAnotherClock_PassesWhenItShould(int seconds)
    {
        const int tooShort = 300;
        var prices = new SlowPrices();
        using var wrong = await broker.StartWorkerAsync(services => services.AddSingleton<IPriceSource>(prices), time: new OffTime(seconds));
        await using var asking = await broker.StartGatewayAsync();
        var client = asking.Services.GetRequiredService<IClientFactory>().CreateRequestClient<RiskRequested>(Endpoints.Address(Endpoints.Risk));
        var caller = await Caller.ConnectAsync(broker);

        foreach (var (given, isEnough) in new[] { (tooShort, false), (10_000, true) })
        {
            foreach (var request in new[]
            {
                new RiskRequested("BTC") { AsOf = "2024-06-30", DeadlineMs = given },
                new RiskRequested("BTC") { AsOf = "2024-06-30", Deadline = DateTimeOffset.UtcNow.AddMilliseconds(given) },
            })
            {
                prices.AnswerAfter(tooShort);
                var response = await client.GetResponse<RiskAnswer, RequestRefused>(request, Cancel);
                Assert.Equal(isEnough, response.Is(out Response<RiskAnswer>? _));
            }

            // A publisher that has its own clock, and says when it sent.
            prices.AnswerAfter(tooShort);
            Assert.Equal(
                isEnough ? "risk" : "refusal",
                (await caller.AskAsync("risk", $$"""{"symbol":"BTC","asOf":"2024-06-30","deadline_ms":{{given}}}""")).Type);
            prices.AnswerAfter(tooShort);
            var sent = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddSeconds(-10).ToUnixTimeSeconds());
            var deadline = JsonSerializer.Serialize(new { symbol = "BTC", asOf = "2024-06-30", deadline = sent.AddMilliseconds(given) });
            Assert.Equal(isEnough ? "risk" : "refusal", (await caller.AskAsync("risk", deadline, timestamp: new AmqpTimestamp(sent.ToUnixTimeSeconds()))).Type);
        }

        await wrong.StopAsync(Cancel);
    }

    private sealed class OffTime(int seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(seconds);
    }

    /// <summary>Answers when a deadline has passed.</summary>
    private sealed class SlowPrices : IPriceSource
    {
        private DateTimeOffset _passed;

        public void AnswerAfter(int deadlineMs) => _passed = DateTimeOffset.UtcNow.AddMilliseconds(2 * deadlineMs);

        public string Name => "synthetic";

        public async ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
        {
            // Models are tried on other days, at the start.
            if (lastDay == AskedDay)
            {
                await Until.True(() => DateTimeOffset.UtcNow >= _passed, "the shorter deadline has passed");
            }

            return new BarSeries(symbol, SyntheticSeries.Generate(symbol, lastDay)).EndingAt(lastDay, count);
        }

        public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
