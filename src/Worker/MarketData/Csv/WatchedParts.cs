using Coinsphere.Messaging.Forecasting.Bars;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>The series of a symbol, from one file or from several. They are put together again when one of them changes.</summary>
internal sealed class WatchedParts(IReadOnlyList<string> paths, Func<string, WatchedFile<BarSeries>> watch, Action<InvalidMarketDataException> refused)
{
    private readonly WatchedFile<BarSeries>[] _files = [.. paths.Select(watch)];
    private volatile Merged? _merged;

    public IReadOnlyList<string> Paths => paths;

    /// <returns>Null where there is no such file any more.</returns>
    /// <exception cref="InvalidMarketDataException">A file is invalid, or two of them contradict each other.</exception>
    public async ValueTask<BarSeries?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_files is [var only])
        {
            return await only.ReadAsync(cancellationToken);
        }

        var parts = new BarSeries?[_files.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = await _files[i].ReadAsync(cancellationToken);
        }

        if (_merged is not { } merged || !merged.Parts.SequenceEqual(parts, ReferenceEqualityComparer.Instance))
        {
            _merged = merged = Merge(parts);
        }

        return merged.Fault is null ? merged.Series : throw new InvalidMarketDataException(merged.Fault.Message, merged.Fault);
    }

    private Merged Merge(BarSeries?[] parts)
    {
        var present = paths.Zip(parts).Where(part => part.Second is not null).Select(part => (Path.GetFileName(part.First), part.Second!)).ToArray();
        try
        {
            return new(parts, present.Length == 0 ? null : PriceParts.Merge(present), null);
        }
        catch (InvalidMarketDataException fault)
        {
            refused(fault);
            return new(parts, null, fault);
        }
    }

    private sealed record Merged(BarSeries?[] Parts, BarSeries? Series, InvalidMarketDataException? Fault);
}
