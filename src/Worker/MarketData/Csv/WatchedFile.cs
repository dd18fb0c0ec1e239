using Coinsphere.Messaging.Forecasting.Files;
using Microsoft.Win32.SafeHandles;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>The parsed content of a file, in memory until the file's modification time or length changes. An invalid file is refused until then.</summary>
/// <param name="path">The file.</param>
/// <param name="parse">Parses the content, or throws an <see cref="InvalidMarketDataException"/>.</param>
/// <param name="refused">Called once for each fault.</param>
internal sealed class WatchedFile<T>(string path, Func<Stream, T> parse, Action<InvalidMarketDataException> refused) where T : class
{
    private volatile Loaded? _loaded;

    // Taken while the file is parsed, so that concurrent first readers parse it once.
    private SemaphoreSlim Gate { get; } = new(1, 1);

    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="InvalidMarketDataException">The file is invalid.</exception>
    public async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        using var file = Open();
        if (file is null)
        {
            return null;
        }
        // Taken through the handle, so that a symbolic link is judged by its target. Taken before the first read, so that a file that is still being
        // written is read again.
        var stamp = new Stamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
        if (_loaded?.Stamp != stamp)
        {
            await Gate.WaitAsync(cancellationToken);
            try
            {
                if (_loaded?.Stamp != stamp)
                {
                    _loaded = await ParseAsync(file, stamp, cancellationToken);
                }
            }
            finally
            {
                Gate.Release();
            }
        }

        var loaded = _loaded!;
        return loaded.Fault is null ? loaded.Value : throw new InvalidMarketDataException(loaded.Fault.Message, loaded.Fault);
    }

    private async Task<Loaded> ParseAsync(SafeFileHandle file, Stamp stamp, CancellationToken cancellationToken)
    {
        try
        {
            return new(stamp, parse(await ReadAllAsync(file, stamp.Length, cancellationToken)), null);
        }
        catch (InvalidMarketDataException fault)
        {
            refused(fault);
            return new(stamp, null, fault);
        }
    }

    private async Task<MemoryStream> ReadAllAsync(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        if (length > CsvTable.MaxBytes)
        {
            throw new InvalidMarketDataException($"{Path.GetFileName(path)}: found {length} bytes, expected at most {CsvTable.MaxBytes}");
        }

        var content = new byte[length];
        var filled = 0;
        while (filled < content.Length)
        {
            var read = await RandomAccess.ReadAsync(file, content.AsMemory(filled), filled, cancellationToken);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return new MemoryStream(content, 0, filled, writable: false);
    }

    private SafeFileHandle? Open()
    {
        if (RegularFile.OtherKind(path) is { } kind)
        {
            throw new InvalidMarketDataException($"{Path.GetFileName(path)}: found {kind}, expected a regular file");
        }

        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidMarketDataException($"{Path.GetFileName(path)}: found a file that may not be read, expected read permission", e);
        }
    }

    private readonly record struct Stamp(DateTime Changed, long Length);

    /// <summary>The result of parsing a file with this stamp: its value, or the fault.</summary>
    private sealed record Loaded(Stamp Stamp, T? Value, InvalidMarketDataException? Fault);
}
