using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Which files of a folder are a symbol's checkpoints. Symbols are canonical, so no caller's text becomes a path.</summary>
internal sealed class ModelFolder(string folder, SymbolCatalog catalog)
{
    public const string Pattern = "*.pth";

    /// <summary>The folder's checkpoints by the name they begin with, a symbol's or an alias.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public ILookup<string, string> List() =>
        Directory.EnumerateFiles(folder, Pattern).Select(path => Path.GetFileName(path)).ToLookup(file => file[..Math.Max(0, file.LastIndexOf('_'))], StringComparer.Ordinal);

    /// <inheritdoc cref="PathsOf(string, ILookup{string, string})"/>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public string[] PathsOf(string symbol) => PathsOf(symbol, List());

    /// <summary>The best checkpoint's path, there or not, and then those of its versions by number.</summary>
    public string[] PathsOf(string symbol, ILookup<string, string> files)
    {
        // MATIC's checkpoint may go by its alias POL.
        var name = catalog.NamesOf(symbol).FirstOrDefault(name => files[name].Contains(name + "_best.pth"), symbol);
        return files[name]
            .Select(file => (File: file, Number: VersionNumber(file, name + "_v")))
            .Where(version => version.Number is not null)
            .OrderBy(version => version.Number)
            .Select(version => version.File)
            .Prepend(name + "_best.pth")
            .Select(file => Path.Join(folder, file))
            .ToArray();
    }

    private static int? VersionNumber(string file, string prefix) =>
        file.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()[prefix.Length..]), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
