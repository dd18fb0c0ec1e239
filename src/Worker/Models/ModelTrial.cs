using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// Runs a new model over bars before it serves: the symbol's own bars, or synthetic ones where there are none, too few, or the source is unavailable.
/// </summary>
internal sealed partial class ModelTrial(IPriceSource prices, TimeProvider time, ILogger<ModelTrial> logger)
{
    private const int Windows = 4;
    private const int DaysBetween = 30;

    // At start all models are tried. An unavailable source must not delay that, once for each model.
    private static readonly TimeSpan SourceTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(30);

    private long _unavailableSince = long.MinValue;

    /// <summary>Runs the model.</summary>
    /// <exception cref="CheckpointException">The model computes a value that is not a finite number.</exception>
    public async Task RunAsync(string symbol, LoadedModel model, CancellationToken cancellationToken)
    {
        var steps = model.SequenceLength;
        var newest = steps + ((Windows - 1) * DaysBetween);
        var features = await ReadAsync(symbol, newest, cancellationToken) is { } own && Compute(own, newest) is { } known && known.Rows >= steps
            ? known
            : Compute(Invented(symbol, newest), newest)!;
        for (var rows = features.Rows; rows >= steps && rows > features.Rows - (Windows * DaysBetween); rows -= DaysBetween)
        {
            model.Run(model.WindowOf(features.First(rows)));
        }
    }

    private static FeatureTable? Compute(BarSeries series, int newest) =>
        series.Bars.IsEmpty ? null : FeatureEngineer.Compute(series, SentimentSeries.Neutral, newest);

    private static BarSeries Invented(string symbol, int newest) =>
        new(symbol, SyntheticSeries.Generate(symbol, SyntheticMarket.FirstDay.AddDays(FeatureEngineer.BarsToFetch(newest))));

    private async Task<BarSeries?> ReadAsync(string symbol, int newest, CancellationToken cancellationToken)
    {
        var awaySince = Volatile.Read(ref _unavailableSince);
        if (awaySince != long.MinValue && time.GetElapsedTime(awaySince) < LeftAlone)
        {
            return null;
        }

        try
        {
            return await prices.ReadAsync(symbol, DateOnly.MaxValue, FeatureEngineer.BarsToFetch(newest), cancellationToken).AsTask()
                .WaitAsync(SourceTimeout, time, cancellationToken);
        }
        catch (InvalidMarketDataException)
        {
            // A request for the symbol will report the fault.
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // An unavailable or broken source is no fault of the model. A request for prices will report it.
            Volatile.Write(ref _unavailableSince, time.GetTimestamp());
            LogSourceUnavailable(failure.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Models are tried on synthetic bars, because the price source does not answer: {Fault}")]
    private partial void LogSourceUnavailable(string fault);
}
