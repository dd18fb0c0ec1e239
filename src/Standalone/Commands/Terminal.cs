using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Writes for people: coloured tables on a terminal, the same as plain text elsewhere and where <c>NO_COLOR</c> is set.</summary>
internal sealed class Terminal
{
    // Lines that go to a file or a pipe are not broken.
    private const int Unlimited = 1000;

    private readonly IAnsiConsole _console;
    private readonly bool _isTerminal;

    public Terminal(TextWriter output)
    {
        _isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var hasColours = _isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = hasColours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!_isTerminal)
        {
            _console.Profile.Width = Unlimited;
        }
    }

    /// <summary>Writes a table.</summary>
    /// <param name="columns">The names of its columns; a name that starts with &gt; has its values at the right.</param>
    /// <param name="rows">Its rows, of <see cref="Cell"/>s.</param>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var table = new Table { Border = _isTerminal ? TableBorder.Rounded : TableBorder.None, UseSafeBorder = true };
        foreach (var column in columns)
        {
            var isNumber = column[0] == '>';
            var header = new TableColumn(new Text(isNumber ? column[1..] : column)) { Alignment = isNumber ? Justify.Right : Justify.Left };
            table.AddColumn(_isTerminal ? header : header.NoWrap());
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell.Value, new Style(ColourOf(cell.Tone)))));
        }

        _console.Write(table);
    }

    /// <summary>Writes a line.</summary>
    public void Line(string text, Tone tone = Tone.Plain) => _console.Write(new Text(text + "\n", new Style(ColourOf(tone))));

    private static Color? ColourOf(Tone tone) => tone switch
    {
        Tone.Good => Color.Green,
        Tone.Bad => Color.Red,
        Tone.Warning => Color.Yellow,
        _ => null,
    };
}

/// <summary>A value of a table.</summary>
internal readonly record struct Cell(string Value, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string value) => new(value);
}

/// <summary>What a text means, which a terminal shows as a colour.</summary>
internal enum Tone
{
    Plain,
    Good,
    Bad,
    Warning,
}
