using Coinsphere.Messaging.Client.Tests.Services;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client.Tests;

/// <summary>What a client gets, the same over HTTP and over the bus.</summary>
public class PredictionClientTests(BothServices services)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Prediction_IsTheServicesAnswer(Over over)
    {
        var result = await services.Client(over).GetPredictionAsync("btc", "14d", cancellationToken: Stop);
        Assert.False(result.IsRefused, result.Refusal?.Detail);
        Assert.Equal(
            ("BTC", "14d", "csv", Scenario.Yesterday),
            (result.Answer.Symbol, result.Answer.Timeframe, result.Answer.DataSource, result.Answer.DataAsOf));
        Assert.Contains(result.Answer.Prediction.Direction, (string[])["bearish", "neutral", "bullish"]);
        Assert.InRange(result.Answer.Prediction.ConfidenceScore, 0.333, 1);
        Assert.Equal(TimeSpan.FromMinutes(5), result.Answer.ExpiresAt - result.Answer.GeneratedAt);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Explained_SaysWhatMadeIt(Over over)
    {
        var contributions = (await services.Client(over).GetPredictionAsync("BTC", explain: true, cancellationToken: Stop)).Answer!.Contributions!;

        Assert.Equal(contributions.Probability - contributions.Baseline, contributions.Features.Sum(part => part.Contribution), 1e-3);
        Assert.Null((await services.Client(over).GetPredictionAsync("BTC", cancellationToken: Stop)).Answer!.Contributions);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task AsOf_IsTheLastDayUsed(Over over)
    {
        var day = Scenario.Yesterday.AddDays(-60);
        Assert.Equal(day, (await services.Client(over).GetPredictionAsync("BTC", asOf: day, cancellationToken: Stop)).Answer?.DataAsOf);
        Assert.Equal(day, (await services.Client(over).GetRiskScoreAsync("BTC", day, Stop)).Answer?.DataAsOf);
        Assert.Equal(day, (await services.Client(over).GetBatchRiskScoresAsync(["BTC"], day, Stop)).Answer?.Results.Single().Answer?.DataAsOf);
        Assert.Equal(
            day,
            (await services.Client(over).GetBatchPredictionsAsync(["BTC"], asOf: day, cancellationToken: Stop)).Answer?.Results.Single().Answer?.DataAsOf);
    }

    [Fact]
    public async Task BothWays_GiveTheSameAnswers()
    {
        var http = await services.Client(Over.Http).GetPredictionAsync("BTC", cancellationToken: Stop);
        var bus = await services.Client(Over.Bus).GetPredictionAsync("BTC", cancellationToken: Stop);
        Assert.Equivalent(http.Answer, bus.Answer! with { GeneratedAt = http.Answer!.GeneratedAt, ExpiresAt = http.Answer.ExpiresAt }, strict: true);

        var httpRisk = await services.Client(Over.Http).GetRiskScoreAsync("BTC", cancellationToken: Stop);
        var busRisk = await services.Client(Over.Bus).GetRiskScoreAsync("BTC", cancellationToken: Stop);
        Assert.Equal(httpRisk.Answer!.RiskFactors, busRisk.Answer!.RiskFactors);
        Assert.Equal((httpRisk.Answer.RiskScore, httpRisk.Answer.RiskLevel), (busRisk.Answer.RiskScore, busRisk.Answer.RiskLevel));
        Assert.Equal(httpRisk.Answer.Warnings, busRisk.Answer.Warnings);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task ShareOfAPortfolio_HasItsLoss(Over over)
    {
        var client = services.Client(over);
        var answer = (await client.GetRiskScoreAsync("BTC", 0.25, cancellationToken: Stop)).Answer!;

        Assert.Equal(answer.For(0.25).Portfolio, answer.Portfolio);
        Assert.True(answer.Portfolio!.ValueAtRisk95 > 0);
        Assert.Null((await client.GetRiskScoreAsync("BTC", cancellationToken: Stop)).Answer!.Portfolio);
        foreach (var wrong in new[] { -0.1, 1.1, double.NaN })
        {
            Assert.Equal(RefusalReason.InvalidRequest, (await client.GetRiskScoreAsync("BTC", wrong, cancellationToken: Stop)).Refusal?.Reason);
        }
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Portfolio_HasTheShareOfEachHolding(Over over)
    {
        var answer = (await services.Client(over).GetPortfolioRiskAsync(
            [new("btc", 0.5), new(Scenario.NotTrained, 0.5)], Scenario.Yesterday.AddDays(-5), Stop)).Answer!;

        Assert.Equal([("BTC", 0.5), (Scenario.NotTrained, 0.5)], answer.Holdings.Select(holding => (holding.Symbol, holding.Weight)));
        Assert.Equal(1, answer.Holdings.Sum(holding => holding.RiskContribution), 2e-6);
        Assert.Equal((365, Scenario.Yesterday.AddDays(-5), "csv"), (answer.CommonDays, answer.DataAsOf, answer.DataSource));
        Assert.InRange(answer.ValueAtRisk95, 0, answer.ExpectedShortfall95);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task RefusedPortfolio_HasItsReason(Over over)
    {
        Assert.Equal(RefusalReason.InvalidRequest, await ReasonAsync());
        Assert.Equal(RefusalReason.InvalidRequest, await ReasonAsync(new PortfolioHolding("BTC", 0.9)));
        Assert.Equal(RefusalReason.InvalidRequest, await ReasonAsync(new PortfolioHolding("BTC", double.NaN)));
        Assert.Equal(RefusalReason.InvalidRequest, await ReasonAsync(new PortfolioHolding("BTC", null)));
        Assert.Equal(RefusalReason.InvalidRequest, await ReasonAsync(new("MATIC", 0.5), new("POL", 0.5)));
        Assert.Equal(RefusalReason.UnsupportedSymbol, await ReasonAsync(new PortfolioHolding("no symbol", 1)));
        Assert.Equal(RefusalReason.NoPrices, await ReasonAsync(new PortfolioHolding("XYZ", 1)));
        Assert.Equal(RefusalReason.InsufficientHistory, await ReasonAsync(new("BTC", 0.5), new(Scenario.ShortHistory, 0.5)));

        async Task<RefusalReason?> ReasonAsync(params PortfolioHolding[] holdings) =>
            (await services.Client(over).GetPortfolioRiskAsync(holdings, cancellationToken: Stop)).Refusal?.Reason;
    }

    [Theory]
    [InlineData("no symbol", "7d", null, RefusalReason.UnsupportedSymbol)]
    [InlineData("XYZ", "7d", null, RefusalReason.UnsupportedSymbol)]
    [InlineData(null, "7d", null, RefusalReason.InvalidRequest)]
    [InlineData("BTC", "1h", null, RefusalReason.UnsupportedTimeframe)]
    [InlineData("BTC", "7d", 30, RefusalReason.InvalidAsOf)]
    [InlineData(Scenario.NotTrained, "7d", null, RefusalReason.ModelNotTrained)]
    [InlineData(Scenario.Rejected, "7d", null, RefusalReason.CheckpointRejected)]
    [InlineData(Scenario.ShortHistory, "7d", null, RefusalReason.InsufficientHistory)]
    [InlineData(Scenario.Stale, "7d", null, RefusalReason.StalePrices)]
    [InlineData(Scenario.NoPrices, "7d", null, RefusalReason.NoPrices)]
    [InlineData(Scenario.Unreadable, "7d", null, RefusalReason.PricesRejected)]
    public async Task RefusedPrediction_HasItsReason(string? symbol, string timeframe, int? daysAhead, RefusalReason reason)
    {
        DateOnly? asOf = daysAhead is { } days ? Scenario.Yesterday.AddDays(days) : null;
        var http = await services.Client(Over.Http).GetPredictionAsync(symbol!, timeframe, asOf, cancellationToken: Stop);
        var bus = await services.Client(Over.Bus).GetPredictionAsync(symbol!, timeframe, asOf, cancellationToken: Stop);
        Assert.Equal(reason, http.Refusal?.Reason);
        Assert.Equal(reason, bus.Refusal?.Reason);
        Assert.False(string.IsNullOrEmpty(http.Refusal?.Detail));
        Assert.False(string.IsNullOrEmpty(bus.Refusal?.Detail));
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task RefusedRisk_HasItsReason(Over over)
    {
        Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).GetRiskScoreAsync("no symbol", cancellationToken: Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.NoPrices, (await services.Client(over).GetRiskScoreAsync("XYZ", cancellationToken: Stop)).Refusal?.Reason);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Batch_HasAnOutcomeForEachSymbolInOrder(Over over)
    {
        var batch = await services.Client(over).GetBatchPredictionsAsync([" btc", "no symbol", "BTC", Scenario.NotTrained], "30d", cancellationToken: Stop);
        Assert.Equal(["BTC", "NO SYMBOL", "BTC", "BNB"], batch.Answer!.Results.Select(item => item.Symbol));
        Assert.Equal([null, RefusalReason.UnsupportedSymbol, null, RefusalReason.ModelNotTrained], batch.Answer.Results.Select(item => item.Refusal?.Reason));
        Assert.Equal(["30d", null, "30d", null], batch.Answer.Results.Select(item => item.Answer?.Timeframe));

        var risks = await services.Client(over).GetBatchRiskScoresAsync([Scenario.NotTrained, "XYZ", null!], cancellationToken: Stop);
        Assert.Equal(["BNB", null, null], risks.Answer!.Results.Select(item => item.Answer?.Symbol));
        Assert.Equal([null, RefusalReason.NoPrices, RefusalReason.UnsupportedSymbol], risks.Answer.Results.Select(item => item.Refusal?.Reason));
    }

    [Theory, InlineData(Over.Http, 0), InlineData(Over.Http, 201), InlineData(Over.Bus, 0), InlineData(Over.Bus, 201)]
    public async Task BatchOfAWrongSize_IsRefusedAsAWhole(Over over, int symbols)
    {
        var batch = await services.Client(over).GetBatchPredictionsAsync([.. Enumerable.Repeat("BTC", symbols)], cancellationToken: Stop);
        Assert.Equal(RefusalReason.InvalidRequest, batch.Refusal?.Reason);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task LargestBatch_IsAnswered(Over over)
    {
        var batch = await services.Client(over).GetBatchPredictionsAsync([.. Enumerable.Repeat("BTC", 200)], cancellationToken: Stop);
        Assert.Equal(200, batch.Answer!.Results.Count(item => item.Answer is { Symbol: "BTC" }));
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task ModelInfo_DescribesTrainedAndUntrainedModels(Over over)
    {
        var trained = (await services.Client(over).GetModelInfoAsync(" btc ", Stop)).Answer!;
        Assert.Equal(("BTC", ModelInfo.Trained), (trained.Symbol, trained.Status));
        Assert.Equal(64, trained.ModelDigest!.Length);
        var untrained = (await services.Client(over).GetModelInfoAsync(Scenario.NotTrained, Stop)).Answer!;
        Assert.Equal((ModelInfo.NotTrained, null), (untrained.Status, untrained.Error));
        Assert.NotNull((await services.Client(over).GetModelInfoAsync(Scenario.Rejected, Stop)).Answer!.Error);
        Assert.Equal("MATIC", (await services.Client(over).GetModelInfoAsync("pol", Stop)).Answer!.Symbol);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Models_AreThoseOfAllSupportedSymbols(Over over)
    {
        var models = (await services.Client(over).GetModelsAsync(Stop)).Answer!.Models;
        Assert.Equal(SymbolCatalog.Default.Supported, models.Select(model => model.Symbol));
        Assert.Equal(ModelInfo.Trained, models.Single(model => model.Symbol == "BTC").Status);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Backtest_HasTheDaysThatWereAskedFor(Over over)
    {
        var client = services.Client(over);
        var (from, to) = (Scenario.Yesterday.AddDays(-120), Scenario.Yesterday.AddDays(-20));
        var answer = (await client.GetBacktestAsync(" btc", from, to, "14d", Stop)).Answer!;
        Assert.Equal(("BTC", "14d", from, to), (answer.Symbol, answer.Timeframe, answer.From, answer.To));
        Assert.Equal((from, to, 101), (answer.Daily[0].Day, answer.Daily[^1].Day, answer.Daily.Count));
        Assert.Equal(RefusalReason.InvalidRequest, (await client.GetBacktestAsync("BTC", to, from, cancellationToken: Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.UnsupportedTimeframe, (await client.GetBacktestAsync("BTC", timeframe: "1h&x=y", cancellationToken: Stop)).Refusal?.Reason);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task PriceBars_AreTheNewestOnes(Over over)
    {
        var client = services.Client(over);
        var answer = (await client.GetPriceBarsAsync(" btc", 10, Stop)).Answer!;
        Assert.Equal(("BTC", 10, Scenario.Yesterday), (answer.Symbol, answer.Bars.Count, answer.Bars[^1].Day));
        Assert.Equal(RefusalReason.InvalidRequest, (await client.GetPriceBarsAsync("BTC", 0, Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.UnsupportedSymbol, (await client.GetPriceBarsAsync("../BTC", 1, Stop)).Refusal?.Reason);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task RunningService_IsReady(Over over)
    {
        var readiness = await services.Client(over).GetReadinessAsync(Stop);
        Assert.True(readiness.IsReady);
        Assert.Empty(readiness.Reasons);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task RecordsOfAServiceWithoutADatabase_AreRefused(Over over)
    {
        var client = services.Client(over);
        Assert.Equal(RefusalReason.RecordsUnavailable, (await client.GetHistoryAsync("btc", 5, Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.RecordsUnavailable, (await client.GetAccuracyAsync("btc", 7, Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, (await client.GetHistoryAsync("BTC", 0, Stop)).Refusal?.Reason);
        Assert.Equal(RefusalReason.InvalidRequest, (await client.GetAccuracyAsync("BTC", 0, Stop)).Refusal?.Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../../etc/BTC")]
    [InlineData("BTC/cache")]
    [InlineData("BTC?x=1")]
    [InlineData("BTC\n")]
    public async Task TextThatIsNoSymbol_IsRefusedAndNoPath(string text)
    {
        foreach (var over in Enum.GetValues<Over>())
        {
            Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).GetModelInfoAsync(text, Stop)).Refusal?.Reason);
            Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).GetHistoryAsync(text, cancellationToken: Stop)).Refusal?.Reason);
            Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).GetAccuracyAsync(text, cancellationToken: Stop)).Refusal?.Reason);
            Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).GetBacktestAsync(text, cancellationToken: Stop)).Refusal?.Reason);
            Assert.Equal(RefusalReason.UnsupportedSymbol, (await services.Client(over).ClearModelCacheAsync(text, Stop))?.Reason);
        }
    }

    // The other tests clear BTC.
    [Fact]
    public async Task ClearedCache_EndsTheCachedAnswer()
    {
        var client = services.Client(Over.Http);
        var first = (await client.GetPredictionAsync("ETH", cancellationToken: Stop)).Answer!.GeneratedAt;
        Assert.Equal(first, (await client.GetPredictionAsync("ETH", cancellationToken: Stop)).Answer!.GeneratedAt);
        Assert.Null(await client.ClearModelCacheAsync("eth", Stop));
        Assert.NotEqual(first, (await client.GetPredictionAsync("ETH", cancellationToken: Stop)).Answer!.GeneratedAt);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task ServiceThatIsThere_IsHealthy(Over over) => Assert.True(await services.Client(over).HealthCheckAsync(Stop));

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task CancelledCall_ThrowsAsItsCallerAskedFor(Over over)
    {
        var client = services.Client(over);
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetPredictionAsync("BTC", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetRiskScoreAsync("BTC", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetModelInfoAsync("BTC", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetModelsAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetHistoryAsync("BTC", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAccuracyAsync("BTC", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetBacktestAsync("BTC", cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetBatchPredictionsAsync(["BTC"], cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetBatchRiskScoresAsync(["BTC"], cancellationToken: cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ClearModelCacheAsync("BTC", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.HealthCheckAsync(cancelled));
    }

    [Fact]
    public async Task RequestLargerThanTheGatewayReads_IsRefused() => Assert.Equal(
        RefusalReason.RequestTooLarge,
        (await services.Client(Over.Http).GetPredictionAsync(new string('A', 70_000), cancellationToken: Stop)).Refusal?.Reason);

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task Watch_SeesWhatIsComputedForAnyone(Over over)
    {
        var client = services.Client(over);
        await using var seen = client.WatchPredictionsAsync(["eth"], cancellationToken: Stop).GetAsyncEnumerator(Stop);
        var next = seen.MoveNextAsync().AsTask();

        // Until the watch has begun, it sees nothing. Neither another symbol's answers nor those of a past day are for it.
        await Until.True(async () =>
        {
            Assert.Null(await client.ClearModelCacheAsync("ETH", Stop));
            Assert.False((await client.GetPredictionAsync("BTC", cancellationToken: Stop)).IsRefused);
            Assert.False((await client.GetPredictionAsync("ETH", asOf: Scenario.Yesterday.AddDays(-3), cancellationToken: Stop)).IsRefused);
            Assert.False((await client.GetPredictionAsync("ETH", "30d", cancellationToken: Stop)).IsRefused);
            return next.IsCompleted;
        });

        Assert.True(await next);
        Assert.Equal(("ETH", Scenario.Yesterday), (seen.Current.Answer?.Symbol, seen.Current.Answer?.DataAsOf));
        Assert.Equal(over == Over.Http, seen.Current.Id is not null);
    }

    [Theory, InlineData(Over.Http), InlineData(Over.Bus)]
    public async Task WatchOfNoSymbol_IsRefused(Over over)
    {
        await using var seen = services.Client(over).WatchRiskScoresAsync(["no symbol"], cancellationToken: Stop).GetAsyncEnumerator(Stop);

        var refused = await Assert.ThrowsAsync<WatchRefusedException>(() => seen.MoveNextAsync().AsTask());

        Assert.Equal(RefusalReason.UnsupportedSymbol, refused.Refusal.Reason);
    }
}
