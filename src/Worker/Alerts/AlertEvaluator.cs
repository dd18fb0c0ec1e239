using System.Collections.Concurrent;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>
/// Judges the rules by facts and writes what changes. States are kept in memory under the version that they were read at; one query says whether they
/// are still the database's. Facts may come twice, to two workers, or again after a crash: a crossing changes a state once.
/// </summary>
internal sealed partial class AlertEvaluator(
    AlertStore store, RuleBook rules, DeliverySignal deliveries, TimeProvider time, ILogger<AlertEvaluator> logger)
{
    private readonly ConcurrentDictionary<string, SymbolStates> _symbols = new(StringComparer.Ordinal);

    /// <returns>The alerts that were raised.</returns>
    /// <exception cref="Exception">The database fails; nothing was written, or all.</exception>
    public async Task<IReadOnlyList<Alert>> EvaluateAsync(AlertFacts facts, CancellationToken cancellationToken)
    {
        var known = await rules.ReadAsync(cancellationToken);
        if (known.For(facts).Count == 0)
        {
            return [];
        }

        var states = _symbols.GetOrAdd(facts.Symbol, _ => new());
        await states.Gate.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var versions = await store.VersionsAsync(facts.Symbol, cancellationToken);
                if (known.Version != versions.Rules)
                {
                    known = await rules.RefreshAsync(known.Version, cancellationToken);
                    if (known.Version != versions.Rules)
                    {
                        continue;
                    }
                }

                if (states.ByRule is null || states.Versions != versions)
                {
                    // A changed rule has no states any more.
                    (states.ByRule, states.Versions) = (await store.StatesAsync(facts.Symbol, cancellationToken), versions);
                }

                var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
                var changes = Judge(known, facts, states.ByRule, versions.Symbol + 1, now);
                if (changes.Count == 0)
                {
                    return [];
                }

                // Also where the commit fails: it may have reached the database all the same.
                var judged = states.ByRule;
                states.ByRule = null;
                if (!await store.CommitAsync(facts.Symbol, versions, changes, now, cancellationToken))
                {
                    continue;
                }

                foreach (var change in changes)
                {
                    judged[change.Rule.Id] = change.State;
                }

                (states.ByRule, states.Versions) = (judged, versions with { Symbol = versions.Symbol + 1 });
                return Raised(changes);
            }
        }
        finally
        {
            states.Gate.Release();
        }
    }

    private static List<AlertChange> Judge(
        RuleSet rules, AlertFacts facts, Dictionary<string, AlertState> states, long version, DateTimeOffset now)
    {
        var changes = new List<AlertChange>();
        foreach (var group in rules.For(facts))
        {
            foreach (var rule in group)
            {
                var (changed, crossing) = AlertJudge.Judge(rule, states.GetValueOrDefault(rule.Id, AlertState.New), facts, now);
                if (changed is not null)
                {
                    changes.Add(new(rule, changed, crossing is null ? null : AlertTexts.Alert(rule, crossing, facts, version, now)));
                }
            }
        }

        return changes;
    }

    private List<Alert> Raised(List<AlertChange> changes)
    {
        var alerts = new List<Alert>();
        foreach (var change in changes)
        {
            if (change.Alert is { } alert)
            {
                alerts.Add(alert);
                Meters.AlertRaised(change.Rule.When);
                LogRaised(alert.Id, alert.Rule, alert.Message);
            }
        }

        if (alerts.Count > 0)
        {
            deliveries.Raise();
        }

        return alerts;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Alert {AlertId} of rule {Rule}: {Text}")]
    private partial void LogRaised(string alertId, string rule, string text);

    private sealed class SymbolStates
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public Dictionary<string, AlertState>? ByRule { get; set; }

        public StateVersions Versions { get; set; }
    }
}
