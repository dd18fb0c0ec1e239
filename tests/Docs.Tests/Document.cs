using System.Globalization;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Docs.Tests;

/// <summary>The commands of a Markdown file, and what the file says they print.</summary>
internal sealed partial class Document
{
    private const string Fence = "```";
    private const string Commands = "bash";

    private Document(string name, IReadOnlyList<CommandBlock> blocks) => (Name, Blocks) = (name, blocks);

    /// <summary>Its path from the project's root.</summary>
    public string Name { get; }

    public IReadOnlyList<CommandBlock> Blocks { get; }

    /// <summary>
    /// Reads a file. What commands print follows their block, with nothing but comments between. Comments before a block: <c>not run: REASON</c> leaves
    /// it out, <c>exits with N</c> is the exit code; before an output: <c>not compared: REASON</c>, or <c>numbers vary</c> where they depend on the day.
    /// </summary>
    public static Document Read(string name)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, name));
        var blocks = new List<CommandBlock>();
        var (comment, isOutput) = ("", false);
        for (var i = 0; i < lines.Length; i++)
        {
            if (Comment().Match(lines[i]) is { Success: true } found)
            {
                comment = found.Groups[1].Value;
                continue;
            }

            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                if (lines[i].Length > 0)
                {
                    (comment, isOutput) = ("", false);
                }

                continue;
            }

            var (language, first) = (lines[i][Fence.Length..].Trim(), i + 1);
            var end = Array.IndexOf(lines, Fence, first);
            var text = string.Join('\n', lines[first..end]);
            if (language == Commands)
            {
                blocks.Add(new CommandBlock(first, text, comment));
            }
            else if (isOutput && !comment.StartsWith("not compared: ", StringComparison.Ordinal))
            {
                blocks[^1] = blocks[^1] with { Output = text, DoNumbersVary = comment == "numbers vary" };
            }

            (comment, isOutput, i) = ("", language == Commands, end);
        }

        return new Document(name, blocks);
    }

    [GeneratedRegex("^<!-- (.*) -->$")]
    private static partial Regex Comment();
}

/// <summary>Commands that are run together.</summary>
/// <param name="Line">The line of the first command.</param>
/// <param name="Text">The commands.</param>
/// <param name="Comment">The comment before them, or nothing.</param>
internal sealed partial record CommandBlock(int Line, string Text, string Comment)
{
    /// <summary>Whether the document says why they cannot be run here.</summary>
    public bool IsLeftOut => Comment.StartsWith("not run: ", StringComparison.Ordinal);

    /// <summary>The exit code.</summary>
    public int Code => Exit().Match(Comment) is { Success: true } exit ? int.Parse(exit.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    /// <summary>What they print; null where the document does not say.</summary>
    public string? Output { get; init; }

    /// <summary>Whether the numbers depend on the day.</summary>
    public bool DoNumbersVary { get; init; }

    [GeneratedRegex("^exits with ([0-9]+)$")]
    private static partial Regex Exit();
}
