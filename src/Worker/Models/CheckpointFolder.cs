using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The folder of checkpoints, and the one place that knows how files in it are named: a symbol's <c>_best</c> serves, <c>_v1</c>, <c>_v2</c> and so on served before it, newest last,
/// <c>_candidate</c> was trained and does not serve, and <c>.training</c> is a training under way. Whoever reads the folder sees a file whole or not at all.
/// </summary>
internal sealed partial class CheckpointFolder(IOptions<ModelsOptions> options, SymbolCatalog catalog, TimeProvider time)
{
    public const string Pattern = "*" + Extension;

    private const string Extension = ".pth";
    private const string Best = "_best" + Extension;
    private const string Candidate = "_candidate" + Extension;
    private const string Version = "_v";
    private const string Training = ".training";

    private string Folder => options.Value.Folder;

    /// <summary>The folder's checkpoints by the name they begin with, a symbol's or an alias.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public ILookup<string, string> List() =>
        Directory.EnumerateFiles(Folder, Pattern).Select(path => Path.GetFileName(path)).ToLookup(file => file[..Math.Max(0, file.LastIndexOf('_'))], StringComparer.Ordinal);

    /// <summary>The best checkpoint's path, there or not, and then those of its versions by number.</summary>
    /// <param name="symbol">A canonical symbol, so no caller's text becomes a path.</param>
    /// <param name="files">What <see cref="List"/> gave.</param>
    public string[] PathsOf(string symbol, ILookup<string, string> files)
    {
        // MATIC's checkpoint may go by its alias POL.
        var name = catalog.NamesOf(symbol).FirstOrDefault(name => files[name].Contains(name + Best), symbol);
        return files[name]
            .Select(file => (File: file, Number: VersionNumber(file, name + Version)))
            .Where(version => version.Number is not null)
            .OrderBy(version => version.Number)
            .Select(version => version.File)
            .Prepend(name + Best)
            .Select(file => Path.Join(Folder, file))
            .ToArray();
    }

    /// <summary>Where the checkpoint is that serves, there or not.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    public string BestOf(string symbol) => PathsOf(symbol, List())[0];

    /// <summary>Where a checkpoint would be that serves, in a folder that cannot be listed.</summary>
    public string UnlistedBestOf(string symbol) => Path.Join(Folder, symbol + Best);

    /// <summary>Where a checkpoint waits that does not serve.</summary>
    public string CandidateOf(string symbol) => NameOf(symbol) + Candidate;

    /// <summary>Where the first checkpoint goes that has served.</summary>
    public string FirstVersionOf(string symbol) => NameOf(symbol) + Version + "1" + Extension;

    /// <summary>Every checkpoint of a symbol, whether it serves, has served, or waits.</summary>
    public IEnumerable<string> AllOf(string symbol)
    {
        var files = List();
        return catalog.NamesOf(symbol).SelectMany(name => files[name].Order(StringComparer.Ordinal)).Select(file => Path.Join(Folder, file));
    }

    /// <summary>Where a training is kept that is under way.</summary>
    /// <param name="name">A symbol, or what the training of several is called.</param>
    public string TrainingOf(string name) => Path.Join(Folder, name + Training);

    private string NameOf(string symbol) => BestOf(symbol)[..^Best.Length];

    private static int? VersionNumber(string file, string prefix) =>
        file.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()[prefix.Length..]), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
