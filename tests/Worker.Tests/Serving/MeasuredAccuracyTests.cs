using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Forecasting.Answers;
using Coinsphere.Messaging.Forecasting.Checkpoints;

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
        var closes = Golden.PriceLines(Name).Skip(1).Select(line => line.Split(','))
            .ToDictionary(
                cells => DateOnly.ParseExact(cells[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
                cells => double.Parse(cells[4], CultureInfo.InvariantCulture));
        var hits = 0;
        for (var back = 0; back < 30; back++)
        {
            var day = LastDay.AddDays(-days - back);
            var answered = (await worker.PredictAsync(Name, timeframe, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))).Prediction.Direction;
            hits += answered == Outcomes.Of(closes[day], closes[day.AddDays(days)]).Name() ? 1 : 0;
        }

        var accuracy = (await worker.PredictAsync(Name, timeframe)).HistoricalAccuracy;

        Assert.Equal(Rounding.Decimals(hits / 30.0, 4), accuracy.Last30Days);
        Assert.InRange(accuracy.Last90Days!.Value, 0, 1);
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
}
