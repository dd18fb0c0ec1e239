using System.Text.Json;
using Coinsphere.Messaging.MarketStandIn;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>The service with a feed, as a process of its own: prices come by themselves.</summary>
public sealed class FeedTests : IAsyncLifetime
{
    private static readonly DateOnly Yesterday = DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("feed-");
    private StandInMarket _market = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _market = await StandInMarket.StartAsync(TimeProvider.System);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _market.DisposeAsync();
    }

    [Fact]
    public async Task ServiceWithAFeed_AnswersFromFetchedPrices_AndFollowsTheMarket()
    {
        await using var program = Start();
        using var client = new HttpClient { BaseAddress = await program.ListeningAsync() };

        var answer = default(JsonElement);
        await Until.True(
            async () =>
            {
                using var response = await client.PostAsJsonAsync("/predict", new { symbol = "ETH", timeframe = "7d" }, Cancel);
                answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
                return response.IsSuccessStatusCode;
            },
            () => $"{answer}\n{program.Output}",
            TimeSpan.FromMinutes(1));

        Assert.Equal("csv", answer.GetProperty("data_source").GetString());
        Assert.Equal($"{Yesterday:yyyy-MM-dd}", answer.GetProperty("data_as_of").GetString());
        var model = await client.GetFromJsonAsync<JsonElement>("/models/ETH", Cancel);
        Assert.Equal(($"{Yesterday:yyyy-MM-dd}", 0), (model.GetProperty("newest_bar").GetString(), model.GetProperty("newest_bar_age_days").GetInt32()));
        await program.WroteAsync("Days behind: BTC 0, ETH 0");
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "prices", "ETH.csv")));
        Assert.Contains(
            "coinsphere_feed_behind_days{otel_scope_name=\"Coinsphere.Messaging\",symbol=\"ETH\"} 0",
            await client.GetStringAsync("/metrics", Cancel),
            StringComparison.Ordinal);

        // A corrected bar: its cached answer is no answer any more.
        var before = answer.GetProperty("inputs_digest").GetString();
        _market.Series.Correct("ETH", Yesterday, 2);
        await Until.True(
            async () =>
            {
                using var response = await client.PostAsJsonAsync("/predict", new { symbol = "ETH", timeframe = "7d" }, Cancel);
                return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("inputs_digest").GetString() != before;
            },
            () => program.Output);
    }

    [Fact]
    public async Task SourceThatIsDown_IsANoteOfReadiness_AndTheFeedGoesOnAfterIt()
    {
        _market.Fail(MarketFault.Banned, retryAfter: 3600);
        await using var program = Start();
        using var client = new HttpClient { BaseAddress = await program.ListeningAsync() };

        var ready = "";
        await Until.True(
            async () =>
            {
                using var response = await client.GetAsync("/health/ready", Cancel);
                ready = await response.Content.ReadAsStringAsync(Cancel);
                return response.IsSuccessStatusCode && ready.Contains("has banned this address", StringComparison.Ordinal);
            },
            () => $"{ready}\n{program.Output}",
            TimeSpan.FromMinutes(1));

        Assert.Contains("feed: behind: BTC has no bars, ETH has no bars; binance has banned this address", ready, StringComparison.Ordinal);
        Assert.Equal("ready", JsonSerializer.Deserialize<JsonElement>(ready).GetProperty("status").GetString());
    }

    private RunningProgram Start() => RunningProgram.Start("Standalone", folder: _folder.FullName, environment:
    [
        ("PORT", "0"), ("DATABASE_URL", null), ("REDIS_HOST", null), ("MODEL_CHECKPOINT_DIR", Repository.Checkpoints), ("SUPPORTED_SYMBOLS", "BTC,ETH"),
        ("Feed__Source", "binance"), ("Feed__Every", "00:00:01"), ("Feed__Since", "2024-01-01"), ("Feed__Binance__Url", _market.Url),
    ]);
}
