using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

public sealed class PredictRefusalTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithGolden(Golden.Delta).WithModel("BTC_best.pth", Golden.Delta).WithGarbage("MATIC_best.pth"));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Theory]
    [InlineData("NOPE", "7d", null, RefusalReason.UnsupportedSymbol, "NOPE is not supported")]
    [InlineData("../DELTA", "7d", null, RefusalReason.UnsupportedSymbol, "'../DELTA' is not a symbol")]
    [InlineData(null, "7d", null, RefusalReason.InvalidRequest, "symbol is missing")]
    [InlineData("DELTA", "8d", null, RefusalReason.UnsupportedTimeframe, "7d, 14d, 30d, found '8d'")]
    [InlineData("DELTA", "7d", "27.08.2024", RefusalReason.InvalidAsOf, "YYYY-MM-DD, found '27.08.2024'")]
    [InlineData("DELTA", "7d", "2024-02-30", RefusalReason.InvalidAsOf, "found '2024-02-30'")]
    [InlineData("DELTA", "7d", "2025-03-02", RefusalReason.InvalidAsOf, "future")]
    [InlineData("ALPHA", "7d", null, RefusalReason.ModelNotTrained, "no model is trained for ALPHA")]
    [InlineData("MATIC", "7d", null, RefusalReason.CheckpointRejected, "MATIC_best.pth")]
    [InlineData("BTC", "7d", null, RefusalReason.NoPrices, "no prices of BTC")]
    [InlineData("DELTA", "7d", "2023-12-31", RefusalReason.InsufficientHistory, "DELTA has no closed daily bar up to 2023-12-31")]
    public async Task Request_IsRefusedInAReply(string? symbol, string timeframe, string? asOf, RefusalReason reason, string detail)
    {
        var refusal = (await _worker.AskAsync(new PredictRequested(symbol!, timeframe) { AsOf = asOf })).Refusal;

        Assert.Equal(reason, refusal?.Reason);
        Assert.Contains(detail, refusal!.Detail, StringComparison.Ordinal);
        await _worker.Bus.ConsumedAsync<PredictRequested>();
        Assert.Empty(_worker.Bus.Published<PredictionCompleted>());
    }

    [Fact]
    public async Task PassedDeadline_IsRefusedAndNothingIsRead()
    {
        // Whoever read the prices would answer prices_rejected.
        _worker.Folder.WithPrices(Golden.Delta, ["corrupt"]);

        var refusal = (await _worker.AskAsync(new PredictRequested(Golden.Delta) { Deadline = _worker.Time.GetUtcNow() })).Refusal;

        Assert.Equal(RefusalReason.DeadlineExceeded, refusal?.Reason);
    }

    [Fact]
    public async Task DeadlineAhead_IsAnswered() =>
        Assert.NotNull((await _worker.AskAsync(new PredictRequested(Golden.Delta) { DeadlineMs = 30_000 })).Answer);

    [Theory]
    [InlineData(Golden.Alpha, 90 + 18, false)]
    [InlineData(Golden.Alpha, 90 + 19, true)]
    [InlineData(Golden.Delta, 90 + 23, false)]
    [InlineData(Golden.Delta, 90 + 24, true)]
    public async Task History_MustHoldWindowAndWarmUp(string golden, int bars, bool answered)
    {
        // ALPHA's prices have a change_24h column, DELTA's have none.
        _worker.Folder.WithPrices("BTC", Golden.PriceLines(golden)[..(bars + 1)]);

        var result = await _worker.AskAsync(new PredictRequested("BTC"));

        Assert.Equal(answered ? null : RefusalReason.InsufficientHistory, result.Refusal?.Reason);
        if (!answered)
        {
            Assert.Contains($"BTC has {bars} daily bars", result.Refusal!.Detail, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, RefusalReason.InsufficientHistory)]
    [InlineData(88, RefusalReason.InsufficientHistory)]
    [InlineData(90, null)]
    public async Task MissingDay_RefusesInsideTheWindowOnly(int barsAfterIt, RefusalReason? expected)
    {
        var lines = Golden.PriceLines(Golden.Delta).ToList();
        var missing = lines[^(barsAfterIt + 1)].Split(',')[0];
        lines.RemoveAt(lines.Count - 1 - barsAfterIt);
        _worker.Folder.WithPrices("BTC", lines);

        var result = await _worker.AskAsync(new PredictRequested("BTC"));

        Assert.Equal(expected, result.Refusal?.Reason);
        if (expected is not null)
        {
            Assert.Contains($"no bar for {missing}", result.Refusal!.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CorruptPrices_AreRefusedWithFileLineAndColumn()
    {
        var lines = Golden.PriceLines(Golden.Delta);
        lines[41] = lines[41].Replace(lines[41].Split(',')[4], "a lot", StringComparison.Ordinal);
        _worker.Folder.WithPrices("BTC", lines);

        var refusal = (await _worker.AskAsync(new PredictRequested("BTC"))).Refusal;

        Assert.Equal(RefusalReason.PricesRejected, refusal?.Reason);
        Assert.Contains("BTC.csv line 42, column close: found 'a lot'", refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-08-29", null)]
    [InlineData("2024-08-30", RefusalReason.StalePrices)]
    public async Task AgeOfTheNewestBar_IsHeldToItsLimit(string asOf, RefusalReason? expected)
    {
        // DELTA's last bar is of 2024-08-27.
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta), "Prices:MaxAge", "2.00:00:00");

        var result = await worker.AskAsync(new PredictRequested(Golden.Delta) { AsOf = asOf });

        Assert.Equal(expected, result.Refusal?.Reason);
        if (expected is not null)
        {
            Assert.Contains("2024-08-27", result.Refusal!.Detail, StringComparison.Ordinal);
        }
    }
}
