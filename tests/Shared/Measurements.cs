using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Coinsphere.Messaging.Tests;

/// <summary>What some instruments of this process record while it lives, such as <c>coinsphere.alerts.raised{condition=model_alarm}</c>.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<double>> _values = new(StringComparer.Ordinal);

    /// <param name="prefix">How the names of the instruments begin.</param>
    public Measurements(string prefix)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The values of an instrument and its tags, in the order in which they were recorded.</summary>
    public IReadOnlyCollection<double> this[string name] => _values.TryGetValue(name, out var values) ? values : [];

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = string.Join(',', tags.ToArray().Select(tag => string.Create(CultureInfo.InvariantCulture, $"{tag.Key}={tag.Value}")));
        _values.GetOrAdd(labels.Length == 0 ? instrument.Name : $"{instrument.Name}{{{labels}}}", _ => new()).Enqueue(value);
    }
}
