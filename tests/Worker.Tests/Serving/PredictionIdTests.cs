using System.Globalization;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.Serving;

/// <summary>What an answer depends on, and what it does not.</summary>
public sealed class PredictionIdTests : IAsyncLifetime
{
    private const string AsOf = "2024-07-15";

    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task BarsAfterAsOf_ChangeNothing()
    {
        var lines = Golden.PriceLines(Golden.Delta);
        var known = 1 + lines.Skip(1).Count(line => string.CompareOrdinal(line[..10], AsOf) <= 0);
        var past = await _worker.PredictAsync(Golden.Delta, asOf: AsOf);
        var expected = Timeless(past);
        var future = Gen.Choose(1, 1_000_000).Select(close => close / 1000.0).ArrayOf(lines.Length - known).ToArbitrary();

        await Task.Run(
            () => Prop.ForAll(future, closes =>
            {
                _worker.Folder.WithPrices(Golden.Delta, [.. lines[..known], .. lines[known..].Zip(closes, Changed)]);
                return Timeless(_worker.PredictAsync(Golden.Delta, asOf: AsOf).GetAwaiter().GetResult()) == expected;
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(20)),
            TestContext.Current.CancellationToken);

        // What the property would miss: that the file's other half counts for those who ask for it.
        _worker.Folder.WithPrices(Golden.Delta, lines);
        Assert.NotEqual(past.PredictionId, (await _worker.PredictAsync(Golden.Delta)).PredictionId);
    }

    [Fact]
    public async Task EqualInputs_HaveEqualIds()
    {
        var first = await _worker.PredictAsync(Golden.Delta, asOf: AsOf);
        _worker.Time.Advance(TimeSpan.FromDays(3));
        await using var other = await TestWorker.StartAsync(new TestFolder().WithGolden(Golden.Delta));

        Assert.Equal(first.PredictionId, (await _worker.PredictAsync(Golden.Delta, asOf: AsOf)).PredictionId);
        Assert.Equal(first.PredictionId, (await other.PredictAsync(Golden.Delta, asOf: AsOf)).PredictionId);
    }

    [Fact]
    public async Task LastDay_IsTheSameQuestionWithAndWithoutAsOf()
    {
        var asked = new EnsemblePredictRequested(Golden.Delta);
        var lastDay = Golden.LastDay(Golden.Delta);

        Assert.Equal((await _worker.PredictAsync(Golden.Delta)).PredictionId, (await _worker.PredictAsync(Golden.Delta, asOf: lastDay)).PredictionId);
        Assert.Equal((await _worker.AskAsync(asked)).Answer!.PredictionId, (await _worker.AskAsync(asked with { AsOf = lastDay })).Answer!.PredictionId);
    }

    [Fact]
    public async Task OtherInputs_HaveOtherIds()
    {
        var lines = Golden.PriceLines(Golden.Delta);
        var ids = new List<string> { await Id(), await Id("14d"), await Id("30d"), await Id(asOf: AsOf) };

        // The oldest bar is long before the window, but the exponential means begin there.
        _worker.Folder.WithPrices(Golden.Delta, [lines[0], Changed(lines[1], 92.7), .. lines[2..]]);
        ids.Add(await Id());
        _worker.Folder.WithPrices(Golden.Delta, lines).WithModel("DELTA_best.pth", Golden.Bravo);
        await _worker.RefreshAsync();
        ids.Add(await Id());

        Assert.Equal(ids.Count, ids.Distinct().Count());

        async Task<string> Id(string timeframe = "7d", string? asOf = null)
        {
            await _worker.Cache.InvalidateAsync(Golden.Delta, TestContext.Current.CancellationToken);
            return (await _worker.PredictAsync(Golden.Delta, timeframe, asOf)).PredictionId;
        }
    }

    [Fact]
    public async Task Timeframes_ShareTheirProbabilities()
    {
        var (week, month) = (await _worker.PredictAsync(Golden.Delta, "7d"), await _worker.PredictAsync(Golden.Delta, "30d"));

        Assert.Equal(week.Prediction.Probabilities, month.Prediction.Probabilities);
        Assert.NotEqual(week.Prediction.TargetPrice, month.Prediction.TargetPrice);
    }

    private static string Timeless(PredictionAnswer answer) =>
        JsonSerializer.Serialize(answer with { GeneratedAt = default, ExpiresAt = default }, ContractsJson.Body.PredictionAnswer);

    // The bar of a line with another close, and everything that follows from it.
    private static string Changed(string line, double close)
    {
        var day = line.Split(',')[0];
        return string.Create(CultureInfo.InvariantCulture, $"{day},{close},{close * 1.5},{close / 2},{close},{close * 1000},{close * 1e6}");
    }
}
