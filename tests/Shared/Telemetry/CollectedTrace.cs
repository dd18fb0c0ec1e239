namespace Coinsphere.Messaging.Tests;

/// <summary>The spans of one trace that a collector got.</summary>
internal sealed class CollectedTrace(Collector collector, string id)
{
    private readonly Dictionary<string, Span> _spans = collector.Spans.Where(span => span.TraceId == id).ToDictionary(span => span.Id);

    public IReadOnlyCollection<Span> Spans => _spans.Values;

    /// <summary>From a span to the trace's root.</summary>
    public List<Span> Way(Span span)
    {
        var way = new List<Span> { span };
        while (_spans.TryGetValue(way[^1].ParentId, out var parent))
        {
            way.Add(parent);
        }

        return way;
    }

    /// <summary>The values in order, repetitions as one.</summary>
    public static List<T> Runs<T>(IEnumerable<T> values)
    {
        var runs = new List<T>();
        foreach (var value in values)
        {
            if (runs.Count == 0 || !Equals(runs[^1], value))
            {
                runs.Add(value);
            }
        }

        return runs;
    }
}
