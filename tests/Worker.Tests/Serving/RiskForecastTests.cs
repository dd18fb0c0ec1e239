using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Volatility;
using Coinsphere.Messaging.Hosting.Caching;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>What a risk answer says of the days to come, and of a portfolio with a share of the symbol.</summary>
public sealed class RiskForecastTests : IAsyncLifetime
{
    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithModel("BTC_best.pth", Golden.Delta).WithBars("BTC", PriceFiles.Bars("BTC", 600)));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("2025-01-15")]
    public async Task ValueAtRisk_IsTheLossOfTheFirstQuantileOfThePrediction(string? asOf)
    {
        var prediction = (await _worker.PredictAsync("BTC", "7d", asOf)).Prediction;
        var answer = await ScoreAsync(new RiskRequested("BTC") { AsOf = asOf });

        Assert.Equal(1 - (prediction.Quantiles![0].Price / prediction.CurrentPrice), answer.Forecast!.ValueAtRisk95, 1e-6);
        Assert.Equal(prediction.ExpectedVolatility, answer.Forecast.Volatility7Days);
        Assert.Equal(VolatilityModel.Default.Digest, answer.VolatilityDigest);
        Assert.Empty(answer.DataWarnings);
        Assert.InRange(answer.Forecast.PercentileOwnYear!.Value, 0, 100);
        Assert.InRange(answer.Forecast.ExpectedShortfall95, answer.Forecast.ValueAtRisk95, 1);
    }

    [Fact]
    public async Task Share_IsForItsCallerOnly()
    {
        var answer = await ScoreAsync(new RiskRequested("BTC") { PortfolioAllocation = 0.25 });
        var stored = await _worker.StoredAsync(CacheKey.Of(new RiskQuery("BTC", null)));
        var half = await ScoreAsync(new RiskRequested("BTC") { PortfolioAllocation = 0.5 });
        var plain = await ScoreAsync(new RiskRequested("BTC"));
        await _worker.Bus.ConsumedAsync<RiskRequested>(3);

        Assert.Equal(Rounding.Decimals(0.25 * plain.Forecast!.ValueAtRisk95, 6), answer.Portfolio!.ValueAtRisk95, 1e-6);
        Assert.Equal(Rounding.Decimals(0.25 * plain.Forecast.ExpectedShortfall95, 6), answer.Portfolio.ExpectedShortfall95, 1e-6);
        Assert.Equal(Rounding.Decimals(0.5 * plain.Forecast.ValueAtRisk95, 6), half.Portfolio!.ValueAtRisk95, 1e-6);
        Assert.Equivalent(plain, answer with { Portfolio = null }, strict: true);
        Assert.Null(plain.Portfolio);
        Assert.DoesNotContain("\"portfolio\"", stored, StringComparison.Ordinal);
        Assert.Null(Assert.Single(_worker.Bus.Published<RiskScored>()).Answer.Portfolio);
    }

    [Fact]
    public async Task GapBeforeTheNinetyDays_RefusesNothing()
    {
        var bars = PriceFiles.Bars("WIF", 600);
        _worker.Folder.WithBars("WIF", bars.Where((_, i) => i is not (450 or 451 or 500)));

        var answer = await ScoreAsync(new RiskRequested("WIF"));

        Assert.NotNull(answer.Forecast!.PercentileOwnYear);
        Assert.Empty(answer.DataWarnings);
    }

    [Fact]
    public async Task WrongPricesBeforeTheNinetyDays_RefuseNothing_AndAreNotUsed()
    {
        var bars = PriceFiles.Bars("WIF", 600);
        _worker.Folder.WithBars("PEPE", bars[^90..]).WithBars("WIF", bars.Divided(before: new(2024, 10, 1), unit: 1000));

        var answer = await ScoreAsync(new RiskRequested("WIF"));
        var young = await ScoreAsync(new RiskRequested("PEPE"));

        Assert.Equal(young.RiskFactors, answer.RiskFactors);
        Assert.Equal(young.Forecast, answer.Forecast);
        Assert.StartsWith(
            "Prices before 2024-12-01 are not used: the close of WIF of 2024-10-01 is ", answer.DataWarnings[0], StringComparison.Ordinal);
        Assert.Equal("The forecast comes from the mean of 89 daily moves: with 120 it follows the market", answer.DataWarnings[1]);
    }

    [Fact]
    public async Task WrongPricesWithinTheNinetyDays_AreRefusedAsBefore()
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", 600).Divided(before: new(2025, 2, 1), unit: 1000));

        var refusal = (await _worker.AskAsync(new RiskRequested("WIF"))).Refusal;

        Assert.Equal(RefusalReason.PricesRejected, refusal?.Reason);
        Assert.StartsWith("the close of WIF of 2025-02-01 is ", refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, "The forecast comes from the mean of 29 daily moves: with 120 it follows the market")]
    [InlineData(120, "The forecast comes from the mean of 119 daily moves: with 120 it follows the market")]
    [InlineData(121, null)]
    [InlineData(485, null)]
    public async Task YoungSymbol_HasAForecastWithoutItsYear(int count, string? warning)
    {
        _worker.Folder.WithBars("WIF", PriceFiles.Bars("WIF", count));

        var answer = await ScoreAsync(new RiskRequested("WIF"));

        Assert.True(answer.Forecast!.Volatility30Days > answer.Forecast.Volatility7Days);
        Assert.Null(answer.Forecast.PercentileOwnYear);
        Assert.Equal(warning is null ? [] : [warning], answer.DataWarnings);
    }

    [Fact]
    public async Task PriceThatNeverMoved_HasNoForecast_NorAShareOfIt()
    {
        _worker.Folder.WithBars("USDX", PriceFiles.Bars("USDX", 200).Select(bar => new Bar(bar.Day, 1, 1, 1, 1, bar.Volume)));

        var answer = await ScoreAsync(new RiskRequested("USDX") { PortfolioAllocation = 0.5 });

        Assert.Null(answer.Forecast);
        Assert.Null(answer.Portfolio);
        Assert.Equal(["There is no forecast: the price has not moved"], answer.DataWarnings);
    }

    [Fact]
    public async Task InputsDigest_IsOfEveryBarOfTheForecast()
    {
        var bars = PriceFiles.Bars("WIF", 600);
        _worker.Folder.WithBars("WIF", bars);
        var before = await ScoreAsync(new RiskRequested("WIF"));
        bars[^VolatilityModel.BarsOfYear] = bars[^VolatilityModel.BarsOfYear] with { Volume = 7 };
        _worker.Folder.WithBars("PEPE", bars);

        var after = await ScoreAsync(new RiskRequested("PEPE"));

        Assert.Equal(before.RiskFactors, after.RiskFactors);
        Assert.NotEqual(before.InputsDigest, after.InputsDigest);
    }

    private async Task<RiskAnswer> ScoreAsync(RiskRequested request)
    {
        var result = await _worker.AskAsync(request);
        Assert.Null(result.Refusal);
        return result.Answer!;
    }
}
