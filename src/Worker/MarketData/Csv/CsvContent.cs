using System.Buffers;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>A price file that is read more than once: to recognise its format, and then its rows.</summary>
internal sealed class CsvContent(Stream stream, string fileName, CsvLayout layout)
{
    private readonly long _start = stream.Position;

    public CsvLayout Layout => layout;

    /// <summary>Reads from the first row on.</summary>
    public T Read<T>(Func<CsvTable, T> read)
    {
        stream.Position = _start;
        return CsvTable.Read(stream, fileName, CsvPriceColumns.Required, layout, read);
    }

    /// <summary>Whether a number may have a comma in it: between commas, only a field in quotes may.</summary>
    public bool MayHaveCommas()
    {
        if (layout.Separator != ',')
        {
            return true;
        }

        stream.Position = _start;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                if (buffer.AsSpan(0, read).Contains((byte)'"'))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
