using System.Globalization;
using System.Text;

namespace Coinsphere.Messaging.Forecasting.Checkpoints;

/// <summary>A place in a checkpoint, passed along so that a refusal can name it.</summary>
internal readonly record struct SourceLocation(string File, string Where)
{
    private const int ShownLength = 100;

    public SourceLocation At(string where) => this with { Where = where };

    public CheckpointException Refuse(string detail) => new(File, Where, detail);

    /// <summary>Text from the file, quoted for a message: limited in length, and without characters that could forge a log line.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, ShownLength)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                shown.Append(c);
            }
        }

        return shown.Append(text.Length > ShownLength ? "...'" : "'").ToString();
    }
}
