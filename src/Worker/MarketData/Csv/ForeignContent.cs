using System.Text;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>Recognises what a file is that should be CSV and is not.</summary>
internal static class ForeignContent
{
    private const int HeadBytes = 4096;

    private static readonly (byte[] Start, string Is, string Do)[] Kinds =
    [
        ([0x1F, 0x8B], "a gzip archive", "unpack it with gunzip"),
        ([.. "BZh"u8], "a bzip2 archive", "unpack it with bunzip2"),
        ([0xFD, .. "7zXZ"u8], "an xz archive", "unpack it with unxz"),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive", "unpack it with unzstd"),
        ([.. "7z"u8, 0xBC, 0xAF], "a 7z archive", "unpack it"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an Excel workbook", "save it as CSV"),
        ([.. "PAR1"u8], "a Parquet file", "write it as CSV, as with read_parquet and to_csv of pandas"),
        ([.. "ARROW1"u8], "a Feather file", "write it as CSV, as with read_feather and to_csv of pandas"),
        ([0x89, .. "HDF"u8], "an HDF5 file", "write it as CSV, as with read_hdf and to_csv of pandas"),
        ([.. "SQLite format 3"u8], "an SQLite database", "export its table as CSV"),
        ([.. "%PDF"u8], "a PDF document", "download the CSV"),
        ([.. "version https://git-lfs"u8], "a Git LFS pointer", "fetch the file itself with git lfs pull"),
    ];

    private static readonly string[] Pages = ["<!doctype", "<!--", "<html", "<head", "<body", "<script"];

    private static readonly byte[] Zip = [.. "PK"u8, 3, 4];

    /// <summary>What a file is and what to do; null where it may be CSV.</summary>
    public static (string Is, string Do)? Find(Stream stream)
    {
        var buffer = new byte[HeadBytes];
        var start = stream.Position;
        ReadOnlySpan<byte> head = buffer.AsSpan(0, stream.ReadAtLeast(buffer, HeadBytes, throwOnEndOfStream: false));
        stream.Position = start;
        foreach (var (signature, kind, todo) in Kinds)
        {
            if (head.StartsWith(signature))
            {
                return (kind, todo);
            }
        }

        if (head.StartsWith(Zip))
        {
            return head.IndexOf("[Content_Types].xml"u8) >= 0 || head.IndexOf("xl/"u8) >= 0
                ? ("an Excel workbook", "save it as CSV")
                : ("a zip archive", "unpack it with unzip");
        }

        return head.StartsWith<byte>([0xFF, 0xFE]) || head.StartsWith<byte>([0xFE, 0xFF]) || head.StartsWith<byte>([0, 0, 0xFE, 0xFF]) ? null : Text(head);
    }

    private static (string Is, string Do)? Text(ReadOnlySpan<byte> head)
    {
        var zeros = head.Count((byte)0);
        if (zeros > head.Length / 4)
        {
            return zeros < head.Length * 3 / 4 && Encoding.UTF8.GetString(head).Replace("\0", "", StringComparison.Ordinal).All(IsText)
                ? ("text in UTF-16 without a byte order mark", "save it as UTF-8")
                : ("a binary file", "write the prices as CSV");
        }

        var text = (head.StartsWith(Encoding.UTF8.Preamble) ? head[Encoding.UTF8.Preamble.Length..] : head).TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<?xml"u8))
        {
            return ("an XML file", "write the prices as CSV");
        }

        if (text is [(byte)'{' or (byte)'[', ..])
        {
            return ("JSON", "write the prices as CSV, with a header");
        }
        // <DATE> is a column of MetaTrader.
        var tag = Encoding.Latin1.GetString(text[..Math.Min(text.Length, 10)]);
        return Pages.Any(page => tag.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? ("a web page (HTML)", "download the file itself, not the page about it")
            : null;
    }

    private static bool IsText(char c) => !char.IsControl(c) || char.IsWhiteSpace(c);
}
