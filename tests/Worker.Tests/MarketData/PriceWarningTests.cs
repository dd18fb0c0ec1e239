using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>It is noon of 2025-03-01, and prices may be of any age.</summary>
public sealed class PriceWarningTests
{
    private const string Csv = "Prices are 185 days old: the last bar is of 2024-08-27";
    private const string Synthetic = "Prices are synthetic: every one is invented";

    [Fact]
    public async Task OldPrices_AreWarnedAbout_InEveryAnswer()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));
        Assert.Equal("2024-08-27", Golden.LastDay(Golden.Delta));

        var prediction = await worker.PredictAsync(Golden.Delta);
        Assert.Equal([Csv], prediction.Warnings);
        Assert.Contains(Csv + ". ", prediction.Explanation, StringComparison.Ordinal);
        var ensemble = (await worker.AskAsync(new EnsemblePredictRequested(Golden.Delta))).Answer!;
        Assert.Equal([Csv], ensemble.Warnings);
        Assert.Contains(Csv + ". ", ensemble.Explanation, StringComparison.Ordinal);
        var risk = (await worker.AskAsync(new RiskRequested(Golden.Delta))).Answer!;
        Assert.Equal([Csv], risk.DataWarnings);
        Assert.Equal(["No major risk warnings"], risk.Warnings);
    }

    [Theory]
    [InlineData("2024-08-29", null)]
    [InlineData("2024-08-30", "Prices are 3 days old on 2024-08-30: the last bar is of 2024-08-27")]
    public async Task AgeOnAPastDay_IsCountedFromIt(string asOf, string? warning)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

        Assert.Equal(warning is null ? [] : [warning], (await worker.PredictAsync(Golden.Delta, asOf: asOf)).Warnings);
        Assert.Equal(warning is null ? [] : [warning], (await worker.AskAsync(new RiskRequested(Golden.Delta) { AsOf = asOf })).Answer!.DataWarnings);
    }

    [Fact]
    public async Task InventedPrices_AreWarnedAbout()
    {
        await using var worker = await TestWorker.StartAsync(
            new TestFolder().WithModel("BTC_best.pth", Golden.Delta), "Prices:Folder", "", "Prices:AllowSynthetic", "true");

        Assert.Equal([Synthetic], (await worker.PredictAsync("BTC")).Warnings);
        Assert.Equal([Synthetic], (await worker.AskAsync(new RiskRequested("BTC"))).Answer!.DataWarnings);
    }

    [Fact]
    public async Task InventedPricesOfAFile_AreLabelledLikeOthers()
    {
        await using var worker = await TestWorker.StartAsync(Sample(), "Prices:AllowSynthetic", "true");

        var prediction = await worker.PredictAsync("BTC");
        Assert.Equal(("synthetic", true), (prediction.DataSource, prediction.Warnings.Contains(Synthetic)));
        Assert.Contains(Synthetic, prediction.Explanation, StringComparison.Ordinal);
        var risk = (await worker.AskAsync(new RiskRequested("BTC"))).Answer!;
        Assert.Equal(("synthetic", true), (risk.DataSource, risk.DataWarnings.Contains(Synthetic)));
    }

    [Fact]
    public async Task InventedPricesOfAFile_AreRefused_WhereTheyAreNotAllowed()
    {
        await using var worker = await TestWorker.StartAsync(Sample(), "Prices:AllowSynthetic", "false");

        var refusal = (await worker.AskAsync(new RiskRequested("BTC"))).Refusal!;
        Assert.Equal(RefusalReason.PricesRejected, refusal.Reason);
        Assert.Equal("the prices of BTC are synthetic: expected real ones, or Prices:AllowSynthetic to allow invented prices", refusal.Detail);
    }

    private static TestFolder Sample() => new TestFolder().WithModel("BTC_best.pth", Golden.Delta).WithPrices(
        "BTC", Golden.PriceLines(Golden.Delta).Select((line, i) => line + (i == 0 ? ",synthetic" : ",1")));
}
