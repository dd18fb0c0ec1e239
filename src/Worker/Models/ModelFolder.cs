using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Which files of a folder are a symbol's checkpoints. Symbols are canonical, so no caller's text becomes a path.</summary>
internal sealed class ModelFolder(string folder, SymbolCatalog catalog)
{
    public const string Pattern = "*.pth";

    /// <summary>The best checkpoint's path, there or not, and then those of its versions by number.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public string[] PathsOf(string symbol)
    {
        var files = Directory.EnumerateFiles(folder, Pattern).Select(path => Path.GetFileName(path)).ToHashSet(StringComparer.Ordinal);
        // MATIC's checkpoint may go by its alias POL.
        var name = catalog.NamesOf(symbol).FirstOrDefault(name => files.Contains(name + "_best.pth"), symbol);
        return files
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
