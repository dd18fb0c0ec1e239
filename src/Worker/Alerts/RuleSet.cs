using System.Collections.Frozen;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Alerts;

/// <summary>All rules at one version, by what they are about.</summary>
internal sealed class RuleSet
{
    private readonly FrozenDictionary<Subject, AlertRule[]> _rules;

    public RuleSet(long version, IReadOnlyCollection<AlertRule> rules)
    {
        Version = version;
        Count = rules.Count;
        _rules = rules.GroupBy(rule => new Subject(TopicOf(rule.When), rule.Symbol, rule.Timeframe))
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        DataSymbols = [.. _rules.Keys.Where(subject => subject.Topic == AlertTopic.Data).Select(subject => subject.Symbol)];
    }

    /// <summary>How often rules were changed before.</summary>
    public long Version { get; }

    public int Count { get; }

    /// <summary>The symbols, or <c>*</c>, whose rules are about the age of data.</summary>
    public IReadOnlyList<string> DataSymbols { get; }

    /// <summary>The rules to judge by facts; empty where there is none.</summary>
    public IReadOnlyList<AlertRule[]> For(AlertFacts facts)
    {
        var found = new List<AlertRule[]>(4);
        Add(facts.Topic, facts.Timeframe);
        if (facts.Topic is AlertTopic.Prediction or AlertTopic.Risk)
        {
            Add(AlertTopic.Data, null);
        }

        return found;

        void Add(AlertTopic topic, string? timeframe)
        {
            foreach (var symbol in (ReadOnlySpan<string>)[facts.Symbol, AlertRule.EverySymbol])
            {
                if (_rules.TryGetValue(new(topic, symbol, timeframe), out var rules))
                {
                    found.Add(rules);
                }
            }
        }
    }

    private static AlertTopic TopicOf(string condition) => condition switch
    {
        AlertConditions.RiskScoreAbove or AlertConditions.RiskLevelChanged => AlertTopic.Risk,
        AlertConditions.DataOlderThan => AlertTopic.Data,
        AlertConditions.ModelAlarm => AlertTopic.Model,
        _ => AlertTopic.Prediction,
    };

    private readonly record struct Subject(AlertTopic Topic, string Symbol, string? Timeframe);
}
