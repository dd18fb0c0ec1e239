using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Accuracy;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Training;

/// <summary>
/// Requests the training of symbols whose scored predictions are worse than the base rate for certain (<see cref="SkillAlarm"/>), each at most once a
/// week. Symbols whose models have the same version share a network, so their predictions count together.
/// </summary>
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
        var now = time.GetUtcNow();
        var models = new SortedDictionary<string, Model>(StringComparer.Ordinal);
        foreach (var symbol in catalog.Supported)
        {
            if (_raised.TryGetValue(symbol, out var last) && now - last < Pause)
            {
                continue;
            }

            if (await records.ServingScoresAsync(symbol, options.Value.AlarmDays, cancellationToken) is { } scores)
            {
                if (!models.TryGetValue(scores.ModelVersion, out var model))
                {
                    models.Add(scores.ModelVersion, model = new([], new()));
                }

                model.Add(symbol, scores.Predictions);
            }
        }

        var raised = new List<string>();
        foreach (var (version, model) in models)
        {
            if (model.Excess.Count < options.Value.AlarmPredictions || !SkillAlarm.IsRaised(model.Excess))
            {
                continue;
            }

            LogRaised(string.Join(", ", model.Symbols), version, model.Excess.Count, options.Value.AlarmDays, model.Excess.Mean!.Value);
            // A model that was trained during the pause needs time to be measured. Several symbols are trained and compared together, with all others.
            await bus.Publish(new RetrainRequested(model.Symbols is [var only] ? only : null, "worse than the base rate", now - Pause),
                    context => CallerHeader.Set(context, "accuracy alarm"), cancellationToken)
                .WaitAsync(ConfirmLimit, time, cancellationToken);
            await bus.Publish(new ModelAlarmRaised(model.Symbols, version, now, model.Excess.Mean!.Value, model.Excess.Count), cancellationToken)
                .WaitAsync(ConfirmLimit, time, cancellationToken);
            foreach (var symbol in model.Symbols)
            {
                _raised[symbol] = now;
            }

            raised.AddRange(model.Symbols);
        }

        return raised;
    }

    private sealed record Model(List<string> Symbols, PairedGains Excess)
    {
        public void Add(string symbol, IEnumerable<ScoredPrediction> predictions)
        {
            Symbols.Add(symbol);
            foreach (var (lastDay, horizon, excess) in predictions)
            {
                Excess.Add(lastDay, horizon, excess);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Retraining of {Symbols} is requested: the Brier score of {Count} predictions of {Version}, of the last {Days} days, is {Excess:F4} above "
            + "the base rate's")]
    private partial void LogRaised(string symbols, string version, int count, int days, double excess);
}
