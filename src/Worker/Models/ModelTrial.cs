using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Runs a new model over bars before it serves: the symbol's own, or invented ones where there are none, too few, or their source is away.</summary>
internal sealed partial class ModelTrial(IPriceSource prices, TimeProvider time, ILogger<ModelTrial> logger)
{
    private const int Windows = 4;
    private const int DaysBetween = 30;

    // A start reads all models. It must not wait for a source that is away, once for each of them.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(30);

    private long _awaySince = long.MinValue;

    /// <summary>Runs the model.</summary>
    /// <exception cref="CheckpointException">It makes something else than numbers of the bars.</exception>
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
        new(symbol, SyntheticSeries.Generate(symbol, SyntheticSeries.FirstDay.AddDays(FeatureEngineer.BarsToFetch(newest))));

    private async Task<BarSeries?> ReadAsync(string symbol, int newest, CancellationToken cancellationToken)
    {
        var awaySince = Volatile.Read(ref _awaySince);
        if (awaySince != long.MinValue && time.GetElapsedTime(awaySince) < LeftAlone)
        {
            return null;
        }

        try
        {
            return await prices.ReadAsync(symbol, DateOnly.MaxValue, FeatureEngineer.BarsToFetch(newest), cancellationToken).AsTask()
                .WaitAsync(Patience, time, cancellationToken);
        }
        catch (InvalidMarketDataException)
        {
            // Whoever asks for the symbol is told.
            return null;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Away or broken: no fault of the model's, and whoever asks for prices is told.
            Volatile.Write(ref _awaySince, time.GetTimestamp());
            LogAway(failure.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Models are tried on invented bars, since the price source does not answer: {Fault}")]
    private partial void LogAway(string fault);
}
