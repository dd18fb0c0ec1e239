using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Training;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Coinsphere.Messaging.Worker.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.MarketData;

/// <summary>Series that no market makes: what a prediction, a risk score and a training make of them.</summary>
public sealed class OddSeriesTests : IAsyncLifetime
{
    private static readonly DateOnly LastDay = new(2025, 2, 28);

    private TestWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithModel("BTC_best.pth", Golden.Delta), "Prices:AcceptedJumps", "ETH:2025-01-01, pol:2025-02-01");

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task BarThatContradictsItself_IsRefusedWithItsLine()
    {
        Write("BTC", bars => bars[^5] = bars[^5] with { High = bars[^5].Close / 2 });

        await RefusedAsync(RefusalReason.PricesRejected, "BTC.csv line 397, column high: found '");
    }

    [Theory]
    [InlineData(1000, "0.00")]
    [InlineData(0.001, "")]
    public async Task Redenomination_IsRefusedWithDayAndFactor(double unit, string factor)
    {
        Write("BTC", bars => Divide(bars, new(2025, 2, 1), unit));

        await RefusedAsync(RefusalReason.PricesRejected, "the close of BTC of 2025-02-01 is " + factor);
    }

    [Fact]
    public async Task JumpAmongBarsThatAreNotUsed_DoesNotMatter()
    {
        Write("BTC", bars => Divide(bars, new(2025, 2, 1), 1000));

        Assert.Null((await _worker.AskAsync(new PredictRequested("BTC") { AsOf = "2025-01-31" })).Refusal);
        Assert.Null((await _worker.AskAsync(new RiskRequested("BTC") { AsOf = "2025-01-31" })).Refusal);
    }

    // The jump counts as one wild day: it would else widen the range for a year.
    [Fact]
    public async Task AcceptedJump_HardlyWidensTheInterval()
    {
        _worker.Folder.WithModel("MATIC_best.pth", Golden.Delta);
        await _worker.RefreshAsync();
        Write("MATIC", _ => { });
        var before = (await _worker.PredictAsync("MATIC", "30d")).Prediction;
        Write("MATIC", bars => Divide(bars, new(2025, 2, 1), 1000));

        var answer = await _worker.PredictAsync("MATIC", "30d");

        Assert.InRange(answer.Prediction.ExpectedVolatility!.Value, before.ExpectedVolatility!.Value, 1.4 * before.ExpectedVolatility.Value);
        Assert.Empty(answer.Warnings);
        Assert.Null((await _worker.AskAsync(new RiskRequested("MATIC"))).Refusal);
    }

    [Fact]
    public async Task CoinThatNobodyTrades_IsStale_AlsoOnAPastDay()
    {
        Write("BTC", bars => Stop(bars, 150));

        await RefusedAsync(
            RefusalReason.StalePrices, "BTC has no trade since 2024-10-01: the close has not moved and the volume is 0 for 150 days");
        Assert.Equal(RefusalReason.StalePrices, (await _worker.AskAsync(new PredictRequested("BTC") { AsOf = "2024-10-04" })).Refusal?.Reason);
        Assert.Null((await _worker.AskAsync(new PredictRequested("BTC") { AsOf = "2024-10-03" })).Refusal);
        Assert.Equal(RefusalReason.StalePrices, (await _worker.AskAsync(new RiskRequested("BTC") { AsOf = "2024-10-04" })).Refusal?.Reason);
    }

    [Fact]
    public async Task PeggedCoin_IsAnswered()
    {
        Write("BTC", bars =>
        {
            for (var i = 0; i < bars.Length; i++)
            {
                var close = 1 + (i % 2 * 1e-4);
                bars[i] = new Bar(bars[i].Day, close, close, close, close, 1e6);
            }
        });

        Assert.Null((await _worker.AskAsync(new PredictRequested("BTC"))).Refusal);
        Assert.Null((await _worker.AskAsync(new RiskRequested("BTC"))).Refusal);
    }

    [Fact]
    public async Task Training_LeavesThemOutByName()
    {
        Write("BTC", bars => Divide(bars, new(2024, 6, 1), 1000));
        Write("ETH", bars => Divide(bars, new(2025, 1, 1), 1000));
        Write("SOL", bars => Stop(bars, 20));
        Write("XRP", bars => bars[7] = bars[7] with { Low = bars[7].High * 2 });
        Write("ADA", _ => { });

        var (histories, failures) = await TrainAsync("BTC", "ETH", "SOL", "XRP", "ADA");

        Assert.Equal(["ETH", "ADA"], histories.ConvertAll(history => history.Series.Symbol));
        Assert.Collection(
            failures,
            failure => Assert.StartsWith("BTC is left out: the close of BTC of 2024-06-01 is ", failure, StringComparison.Ordinal),
            failure => Assert.StartsWith("SOL is left out: SOL has no trade since 2025-02-08", failure, StringComparison.Ordinal),
            failure => Assert.StartsWith("XRP.csv line 9, column high", failure, StringComparison.Ordinal));
    }

    private async Task<(List<LabelledHistory> Histories, List<string> Failures)> TrainAsync(params string[] symbols)
    {
        var services = _worker.Services;
        var failures = new List<string>();
        var histories = new TrainingHistories(
            services.GetRequiredService<IPriceSource>(), services.GetRequiredService<ISentimentSource>(), services.GetRequiredService<SymbolCatalog>(),
            services.GetRequiredService<SeriesChecks>());
        var read = await histories.ReadAsync(
            symbols, LastDay, (reason, isFault) => failures.Add(isFault ? reason : "no fault: " + reason), failures.Add, Cancel);
        return (read, failures);
    }

    private async Task RefusedAsync(RefusalReason reason, string detail)
    {
        RequestRefused?[] refusals = [(await _worker.AskAsync(new PredictRequested("BTC"))).Refusal, (await _worker.AskAsync(new RiskRequested("BTC")))
            .Refusal];
        Assert.All(refusals, refusal => Assert.Equal(reason, refusal?.Reason));
        Assert.StartsWith(detail, refusals[0]!.Detail, StringComparison.Ordinal);
        Assert.StartsWith(detail, refusals[1]!.Detail, StringComparison.Ordinal);
    }

    // 400 bars up to the last closed day.
    private void Write(string symbol, Action<Bar[]> change)
    {
        var bars = SyntheticSeries.Generate(symbol, LastDay)[^400..];
        change(bars);
        _worker.Folder.WithPrices(symbol, ["time,open,high,low,close,volume", .. bars.Select(bar => string.Create(
            CultureInfo.InvariantCulture, $"{bar.Day:yyyy-MM-dd},{bar.Open:R},{bar.High:R},{bar.Low:R},{bar.Close:R},{bar.Volume:R}"))]);
    }

    private static void Divide(Bar[] bars, DateOnly from, double unit)
    {
        foreach (ref var bar in bars.AsSpan())
        {
            bar = bar.Day < from ? bar : bar with { Open = bar.Open / unit, High = bar.High / unit, Low = bar.Low / unit, Close = bar.Close / unit };
        }
    }

    private static void Stop(Bar[] bars, int days)
    {
        var last = bars[^(days + 1)].Close;
        foreach (ref var bar in bars.AsSpan(bars.Length - days))
        {
            bar = new Bar(bar.Day, last, last, last, last, 0);
        }
    }
}
