using System.Text.Json;

namespace Coinsphere.Messaging.Standalone.Tests;

/// <summary>From HTTP through bus, worker and cache, and back.</summary>
public sealed class ServingTests : IAsyncLifetime
{
    private static readonly object Delta = new { symbol = "DELTA", timeframe = "7d" };

    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        var folder = Golden.Names.Aggregate(new TestFolder(), (made, name) => made.WithGolden(name)).WithModel("CHARLIE_v1.pth", Golden.Delta);
        _service = await TestService.StartAsync(folder, ("Prices:Folder", folder.Prices));
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task GoldenAnswer_ComesOverHttpAsOfItsLastDay()
    {
        var answer = await _service.PostAsync("/predict", Delta);

        var p = answer.Json.GetProperty("prediction").GetProperty("probabilities");
        double[] actual = [p.GetProperty("bearish").GetDouble(), p.GetProperty("neutral").GetDouble(), p.GetProperty("bullish").GetDouble()];
        Assert.Equal(Golden.Probabilities(Golden.Delta), actual, (a, b) => Math.Abs(a - b) < 1.5e-6);
        Assert.Equal("csv", answer.Json.GetProperty("data_source").GetString());
        Assert.Equal(Golden.LastDay(Golden.Delta), answer.Json.GetProperty("data_as_of").GetString());
    }

    [Theory]
    [InlineData("/predict")]
    [InlineData("/predict/ensemble")]
    [InlineData("/risk-score")]
    public async Task SecondAnswer_IsTheFirstFromTheCacheUntilItIsCleared(string path)
    {
        var first = await _service.PostAsync(path, Delta);
        var second = await _service.PostAsync(path, Delta);
        var cleared = await _service.DeleteAsync("/models/delta/cache");
        var third = await _service.PostAsync(path, Delta);

        Assert.Equal(("miss", "hit", "miss"), (first.Cache, second.Cache, third.Cache));
        Assert.Equal(first.Text, second.Text);
        Assert.Equal("Cache cleared for DELTA", cleared.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task ClearedCache_LeavesOtherSymbols()
    {
        await _service.PostAsync("/predict", new { symbol = "BRAVO" });
        await _service.DeleteAsync("/models/DELTA/cache");

        Assert.Equal("hit", (await _service.PostAsync("/predict", new { symbol = "BRAVO" })).Cache);
    }

    [Fact]
    public async Task SwappedCheckpoint_EndsCachedAnswers()
    {
        var digest = await DigestAsync();
        Assert.Equal("hit", (await _service.PostAsync("/predict", Delta)).Cache);

        _service.Folder.WithModel("DELTA_best.pth", Golden.Bravo);

        // The cache answers each of these questions, so nothing but the worker's own refresh of its models can invalidate it.
        await Until.True(async () => await DigestAsync() != digest);

        async Task<string?> DigestAsync() => (await _service.PostAsync("/predict", Delta)).Json.GetProperty("model_digest").GetString();
    }

    [Fact]
    public async Task RefusedCheckpoint_IsShownWhileTheOldModelAnswers()
    {
        _service.Folder.WithGarbage("DELTA_best.pth");

        await Until.True(
            async () => (await ModelAsync()).GetProperty("error").GetString()?.Contains("DELTA_best.pth", StringComparison.Ordinal) == true);

        Assert.Equal("trained", (await ModelAsync()).GetProperty("status").GetString());
        Assert.Equal(200, (await _service.PostAsync("/predict", Delta)).Status);

        async Task<JsonElement> ModelAsync() => (await _service.GetAsync("/models/DELTA")).Json;
    }

    [Fact]
    public async Task Health_CountsLoadedModels() =>
        await Until.True(async () => (await _service.GetAsync("/health")).Json.GetProperty("models_loaded").GetInt32() == 4);

    [Fact]
    public async Task Batch_AnswersEachInItsPlace()
    {
        string[] symbols
            = ["DELTA", "NOPE", "charlie", "BTC", "ALPHA", "BRAVO", "DELTA", "DOGE", "n-o", "ALPHA", "BRAVO", "CHARLIE", "DELTA", "NOPE2", "alpha"];

        var results = (await _service.PostAsync("/predict/batch", new { symbols, timeframe = "30d" })).Json.GetProperty("results").EnumerateArray().ToArray();

        Assert.Equal(symbols.Select(symbol => symbol.ToUpperInvariant()), results.Select(item => item.GetProperty("symbol").GetString()));
        string[] expected =
        [
            "DELTA", "unsupported_symbol", "CHARLIE", "model_not_trained", "ALPHA", "BRAVO", "DELTA", "model_not_trained", "unsupported_symbol",
            "ALPHA", "BRAVO", "CHARLIE", "DELTA", "unsupported_symbol", "ALPHA",
        ];
        Assert.Equal(expected, results.Select(item => item.TryGetProperty("answer", out var answer)
            ? answer.GetProperty("symbol").GetString()
            : item.GetProperty("refusal").GetProperty("reason").GetString()));
        Assert.Equal(
            (await _service.PostAsync("/predict", new { symbol = "CHARLIE", timeframe = "30d" })).Text, results[2].GetProperty("answer").GetRawText());
    }

    [Fact]
    public async Task RiskBatch_AnswersEachInItsPlace()
    {
        var results = (await _service.PostAsync("/risk-score/batch", new { symbols = new[] { "ALPHA", "WIF" } })).Json.GetProperty("results");

        var expected = Golden.Expected(Golden.Alpha).GetProperty("risk").GetProperty("risk_score").GetInt32();
        Assert.Equal(expected, results[0].GetProperty("answer").GetProperty("risk_score").GetInt32());
        Assert.Equal("no_prices", results[1].GetProperty("refusal").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Ensemble_NamesItsMembers()
    {
        var answer = (await _service.PostAsync("/predict/ensemble", new { symbol = "CHARLIE", ensemble_method = "majority_voting", min_confidence = 0 })).Json;

        var metadata = answer.GetProperty("ensemble_metadata");
        Assert.Equal(["CHARLIE_best", "CHARLIE_v1"], metadata.GetProperty("model_names").Deserialize<string[]>()!);
        Assert.Equal(2, metadata.GetProperty("models_used").GetInt32());
        Assert.Equal(2, metadata.GetProperty("vote_counts").EnumerateObject().Sum(vote => vote.Value.GetInt32()));
        Assert.False(answer.TryGetProperty("historical_accuracy", out _));
        Assert.Equal("ensemble-v1.0.0", answer.GetProperty("model_version").GetString());
    }

    [Theory]
    [InlineData("/predict", "{\"symbol\":\"NOPE\"}", 400, "unsupported_symbol")]
    [InlineData("/predict", "{\"symbol\":\"BTC\"}", 404, "model_not_trained")]
    [InlineData("/predict", "{\"symbol\":\"DELTA\",\"asOf\":\"2024-02-01\"}", 400, "insufficient_history")]
    [InlineData("/risk-score", "{\"symbol\":\"DELTA\",\"portfolio_allocation\":2}", 422, "invalid_request")]
    [InlineData("/risk-score", "{\"symbol\":\"WIF\"}", 503, "no_prices")]
    public async Task Refusal_OfTheWorkerIsAProblem(string path, string body, int status, string reason)
    {
        var answer = await _service.PostAsync(path, JsonSerializer.Deserialize<JsonElement>(body));

        Assert.Equal((status, reason), (answer.Status, answer.Json.GetProperty("reason").GetString()));
    }
}
