using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>Requests the training of symbols whose scored predictions are worse than the base rate, each at most once a week.</summary>
internal sealed partial class AccuracyAlarm(
    RecordReader records, SymbolCatalog catalog, IBus bus, IOptions<RetrainingOptions> options, TimeProvider time, ILogger<AccuracyAlarm> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromDays(7);
    private static readonly TimeSpan ConfirmLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _raised = new(StringComparer.Ordinal);

    /// <summary>Checks every supported symbol.</summary>
    /// <returns>The symbols for which a training was requested.</returns>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var raised = new List<string>();
        var now = time.GetUtcNow();
        foreach (var symbol in catalog.Supported)
        {
            if (_raised.TryGetValue(symbol, out var last) && now - last < Pause)
            {
                continue;
            }

            var accuracy = await records.AccuracyAsync(new(symbol, options.Value.AlarmDays), cancellationToken);
            if (accuracy.Forecasts < options.Value.AlarmPredictions || !(accuracy.Brier > accuracy.BaseRateBrier))
            {
                continue;
            }

            LogRaised(symbol, accuracy.Forecasts, accuracy.Period, accuracy.Brier.Value, accuracy.BaseRateBrier!.Value);
            // A model that was trained during the pause needs time to be measured.
            await bus.Publish(new RetrainRequested(symbol, "worse than the base rate", now - Pause), cancellationToken)
                .WaitAsync(ConfirmLimit, time, cancellationToken);
            _raised[symbol] = now;
            raised.Add(symbol);
        }

        return raised;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Retraining of {Symbol} is requested: {Count} predictions of the {Period} have a Brier score of {Brier}, the base rate's is {BaseRate}")]
    private partial void LogRaised(string symbol, int count, string period, double brier, double baseRate);
}
