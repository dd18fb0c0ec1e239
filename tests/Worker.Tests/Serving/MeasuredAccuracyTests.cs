using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>The hit rates that answers carry.</summary>
public sealed class MeasuredAccuracyTests
{
    private const string Name = Golden.Bravo;

    private static readonly DateOnly LastDay = DateOnly.ParseExact(Golden.LastDay(Name), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("7d", 7)]
    [InlineData("14d", 14)]
    public async Task HitRate_IsThatOfTheAnswersOfThoseDays(string timeframe, int days)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Name));
        var closes = Closes();
        var hits = 0;
        for (var back = 0; back < 30; back++)
        {
            var day = LastDay.AddDays(-days - back);
            var answered = (await worker.PredictAsync(Name, timeframe, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))).Prediction.Direction;
            hits += answered == Outcome.Of(closes[day], closes[day.AddDays(days)]).Name() ? 1 : 0;
        }

        var accuracy = (await worker.PredictAsync(Name, timeframe)).HistoricalAccuracy;

        Assert.Equal(Rounding.Decimals(hits / 30.0, 2), accuracy.Last30Days);
        Assert.InRange(accuracy.Last90Days!.Value, 0, 1);
    }

    [Theory]
    [InlineData("7d", 7, 4.29, 12.86)]
    [InlineData("14d", 14, 2.14, 6.43)]
    [InlineData("30d", 30, 1, 3)]
    public async Task HitRate_StandsBesideThatOfTheMostFrequentClass(string timeframe, int days, double independent30, double independent90)
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Name));
        var closes = Closes();
        var hits = Enumerable.Range(0, 90).Select(back => LastDay.AddDays(-days - back)).Select(day => OutcomeOf(day) == MostFrequentUpTo(day)).ToArray();

        var accuracy = (await worker.PredictAsync(Name, timeframe)).HistoricalAccuracy;

        Assert.Equal(Rounding.Decimals(hits[..30].Count(hit => hit) / 30.0, 2), accuracy.BaseRate30Days);
        Assert.Equal(Rounding.Decimals(hits.Count(hit => hit) / 90.0, 2), accuracy.BaseRate90Days);
        Assert.Equal((independent30, independent90), (accuracy.Independent30Days, accuracy.Independent90Days));

        Direction OutcomeOf(DateOnly day) => Outcome.Of(closes[day], closes[day.AddDays(days)]);

        Direction MostFrequentUpTo(DateOnly last) => closes.Keys.Where(day => day.AddDays(days) <= last).CountBy(OutcomeOf).OrderBy(count => count.Key)
            .MaxBy(count => count.Value).Key;
    }

    // A calibration that ignores the network names one direction for ever; a network that changes its mind within the year has a signal.
    [Theory]
    [InlineData(0, true)]
    [InlineData(100, false)]
    public async Task ADirectionOfAYear_IsSaidToBeNoSignal(double scale, bool isSame)
    {
        var last = new DateOnly(2025, 2, 28);
        var folder = new TestFolder().WithModel("BTC_best.pth", Name).WithPrices(
            "BTC",
            ["time,open,high,low,close,volume", .. SyntheticSeries.Generate("BTC", last)[^420..].Select(bar => FormattableString.Invariant(
                $"{bar.Day:yyyy-MM-dd},{bar.Open:R},{bar.High:R},{bar.Low:R},{bar.Close:R},{bar.Volume:R}"))]);
        var path = Path.Combine(folder.Models, "BTC_best.pth");
        var checkpoint = CheckpointReader.Read(path);
        var calibration = Horizons.All.ToDictionary(Horizons.Name, _ => (object?)new Dictionary<string, object?>
        {
            ["scale"] = scale,
            ["bias"] = new List<object?> { -1.0, -1.0, scale == 0 ? 1.0 : -1.0 },
        });
        await File.WriteAllBytesAsync(
            path, CheckpointWriter.Write(checkpoint.Weights, checkpoint.Scaler, new(1, 1, 0.5, 30) { Metadata = new() { ["calibration"] = calibration } }),
            TestContext.Current.CancellationToken);
        await using var worker = await TestWorker.StartAsync(folder);

        var answer = await worker.PredictAsync("BTC");

        // Every fourth day of the year.
        var first = Enumerable.Range(0, 365).Select(back => last.AddDays(-back)).Last(day => day.DayNumber % 4 == 0);
        Assert.Equal(isSame, answer.Explanation.StartsWith(
            FormattableString.Invariant($"BTC shows no directional signal: the model has named bullish on all days looked at since {first:yyyy-MM-dd}, "),
            StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, true)]
    // The oldest of 90 forecasts of 7 days that are known is of 96 days before the last bar.
    [InlineData(-96, true)]
    [InlineData(-97, null)]
    public async Task RatesOverDaysItMayHaveLearntFrom_AreReplayed(int? trainedThrough, bool? expected)
    {
        var folder = new TestFolder().WithGolden(Name);
        var path = Path.Combine(folder.Models, $"{Name}_best.pth");
        var checkpoint = CheckpointReader.Read(path);
        Dictionary<string, object?> metadata = [];
        if (trainedThrough is { } days)
        {
            metadata["trained_through"] = LastDay.AddDays(days).ToString("O", CultureInfo.InvariantCulture);
        }

        await File.WriteAllBytesAsync(
            path,
            CheckpointWriter.Write(checkpoint.Weights, checkpoint.Scaler, new(1, 1, 0.5, checkpoint.SequenceLength) { Metadata = metadata }),
            TestContext.Current.CancellationToken);
        await using var worker = await TestWorker.StartAsync(folder);

        Assert.Equal(expected, (await worker.PredictAsync(Name)).HistoricalAccuracy.Replayed);
    }

    [Fact]
    public async Task ShortHistory_IsNotMeasured()
    {
        await using var worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Name));
        // A window of 90, and no day more with which to replay one.
        var lines = Golden.PriceLines(Name);
        await File.WriteAllLinesAsync(Path.Combine(worker.Folder.Prices, $"{Name}.csv"), [lines[0], .. lines[^116..]], TestContext.Current.CancellationToken);

        Assert.Equal(HistoricalAccuracy.NotMeasured, (await worker.PredictAsync(Name)).HistoricalAccuracy);
    }

    private static Dictionary<DateOnly, double> Closes() => Golden.PriceLines(Name).Skip(1).Select(line => line.Split(',')).ToDictionary(
        cells => DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
        cells => double.Parse(cells[4], CultureInfo.InvariantCulture));
}
