namespace Coinsphere.Messaging.Tests;

/// <summary>What became of requests: their events, and the recorded predictions, by question.</summary>
internal sealed class Account(DurableTraffic traffic, ILookup<string, string> heard, ILookup<string, string> recorded)
{
    // Each request has an event of its own.
    private readonly string[] _unanswered = [.. traffic.Confirmed.Where(asked => heard[asked.Key].Count() < asked.Value).Select(asked => asked.Key)];
    private readonly string[] _unrecorded = [.. heard.Where(events => events.First().Length > 0 && !recorded.Contains(events.Key))
        .Select(events => events.Key)];
    private readonly string[] _doubled = [.. recorded.Where(rows => rows.Count() > 1).Select(rows => rows.Key)];
    private readonly string[] _different = [.. heard.Where(events => events.Distinct().Count() > 1).Select(events => events.Key)];
    private readonly string[] _unheard = [.. recorded.Where(rows => !heard[rows.Key].Contains(rows.First())).Select(rows => rows.Key)];

    /// <summary>Every confirmed request was answered, every prediction that was told is recorded, and the other way round.</summary>
    public bool IsWhole => _unanswered is [] && _unrecorded is [] && _unheard is [];

    /// <summary>Each question has one prediction, recorded once.</summary>
    public bool IsSingle => _doubled is [] && _different is [];

    public override string ToString() =>
        $"confirmed {traffic.Confirmed.Values.Sum()} requests of {traffic.Confirmed.Count} questions, unconfirmed {traffic.Unconfirmed}, heard "
            + $"{heard.Sum(events => events.Count())} events of {heard.Count}, "
        + $"recorded {recorded.Sum(rows => rows.Count())}, unanswered {Some(_unanswered)}, unrecorded {Some(_unrecorded)}, unheard {Some(_unheard)}, doubled "
        + $"{Some(_doubled)}, different {Some(_different)}";

    private static string Some(string[] questions) => questions is [] ? "0" : $"{questions.Length} ({string.Join(", ", questions.Take(3))})";
}
