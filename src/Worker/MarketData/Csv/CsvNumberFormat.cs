using System.Globalization;
using System.Text;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// How a file writes numbers: <c>1234.5</c>, <c>1,234.5</c> or <c>1.234,5</c>, each also as <c>$1,234.50</c> and <c>51.97K</c>. One cell may not
/// show which (1,234), so all cells of a file are asked.
/// </summary>
internal sealed class CsvNumberFormat
{
    private const int MaxLength = 64;

    private readonly char? _group;
    private readonly bool _isCommaDecimal;

    private CsvNumberFormat(char? group, bool isCommaDecimal)
    {
        _group = group;
        _isCommaDecimal = isCommaDecimal;
    }

    public static CsvNumberFormat Plain { get; } = new(null, false);

    private static CsvNumberFormat CommaGroups { get; } = new(',', false);

    private static CsvNumberFormat CommaDecimals { get; } = new('.', true);

    /// <summary>Whether a text is a number in one of the formats.</summary>
    public static bool IsNumber(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Plain.TryParse(bytes, out _) || CommaGroups.TryParse(bytes, out _) || CommaDecimals.TryParse(bytes, out _);
    }

    /// <summary>The format of the cells in columns.</summary>
    /// <exception cref="InvalidMarketDataException">Two formats are possible.</exception>
    public static CsvNumberFormat Find(CsvTable table, IReadOnlyList<CsvColumn> columns)
    {
        (long Line, CsvColumn Column, string Text)? open = null;
        var (hasComma, isDotDecimal) = (false, false);
        while (table.Next())
        {
            foreach (var column in columns)
            {
                hasComma |= table.Bytes(column).Contains((byte)',');
                switch (Decimal(table.Bytes(column)))
                {
                    case ',':
                        return CommaDecimals;
                    case '.':
                        isDotDecimal = true;
                        break;
                    case '?':
                        open ??= (table.Line, column, table.Text(column));
                        break;
                }
            }
        }

        if (open is var (line, cell, text) && !isDotDecimal)
        {
            throw table.FaultAt(
                line, cell.Name, text,
                $"a number that can be read in one way: this is {text.Replace(",", "", StringComparison.Ordinal)} with commas between thousands, or "
                    + $"{text.Replace(',', '.')} with a decimal comma, and no other cell shows which");
        }

        return hasComma ? CommaGroups : Plain;
    }

    public bool TryParse(ReadOnlySpan<byte> cell, out double value)
    {
        if (_group is null && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var number = Bare(cell, out var exponent);
        if (number.Length > MaxLength || !IsGrouped(number))
        {
            value = 0;
            return false;
        }

        // As 51.97e3, which is the nearest double; a product may not be.
        Span<byte> plain = stackalloc byte[MaxLength + exponent.Length];
        var length = 0;
        foreach (var c in number)
        {
            if (c != _group)
            {
                plain[length++] = _isCommaDecimal && c == ',' ? (byte)'.' : c;
            }
        }

        exponent.CopyTo(plain[length..]);
        return double.TryParse(plain[..(length + exponent.Length)], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    // A mark between groups has three digits after it, and up to three before the first.
    private bool IsGrouped(ReadOnlySpan<byte> number)
    {
        if (_group is not { } group || !number.Contains((byte)group))
        {
            return _isCommaDecimal || !number.Contains((byte)',');
        }

        var end = number.IndexOf((byte)(_isCommaDecimal ? ',' : '.'));
        var whole = (end < 0 ? number : number[..end]).TrimStart("+-"u8);
        if (end >= 0 && number[end..].Contains((byte)group))
        {
            return false;
        }

        var isFirst = true;
        foreach (var part in whole.Split((byte)group))
        {
            var length = whole[part].Length;
            if (isFirst ? length is 0 or > 3 : length != 3)
            {
                return false;
            }

            isFirst = false;
        }

        return true;
    }

    // The decimal mark that a cell shows: ',', '.', '?' where a comma may be either, 0 where it shows nothing.
    private static char Decimal(ReadOnlySpan<byte> cell)
    {
        var number = Bare(cell, out _);
        var (commas, dots) = (number.Count((byte)','), number.Count((byte)'.'));
        var (comma, dot) = (number.LastIndexOf((byte)','), number.LastIndexOf((byte)'.'));
        return (commas, dots) switch
        {
            (0, 0) => '\0',
            ( > 0, > 0) => comma > dot ? ',' : '.',
            ( > 1, 0) => '.',
            (0, > 1) => ',',
            (1, 0) => number.Length - comma == 4 && comma is >= 1 and <= 3 && number[0] != '0' ? '?' : ',',
            _ => number.Length - dot == 4 && dot is >= 1 and <= 3 && number[0] != '0' ? '\0' : '.',
        };
    }

    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> cell, out ReadOnlySpan<byte> exponent)
    {
        var number = cell.Trim(" \t"u8).TrimStart((byte)'$');
        exponent = number.IsEmpty ? [] : number[^1] switch
        {
            (byte)'K' or (byte)'k' => "e3"u8,
            (byte)'M' or (byte)'m' => "e6"u8,
            (byte)'B' or (byte)'b' => "e9"u8,
            (byte)'T' or (byte)'t' => "e12"u8,
            _ => [],
        };
        return exponent.IsEmpty ? number : number[..^1];
    }
}
