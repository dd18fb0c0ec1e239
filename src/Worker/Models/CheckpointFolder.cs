using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The folder of models, and the one place that knows how files in it are named: a symbol's <c>_best</c> serves, <c>_v1</c>, <c>_v2</c> and so on served before
/// it, newest last, <c>_candidate</c> was trained and does not serve, and <c>.training</c> is a training under way. Models are checkpoints, or ONNX files of
/// somebody's own; of two that differ in that alone the checkpoint counts. Whoever reads the folder sees a file whole or not at all.
/// </summary>
internal sealed partial class CheckpointFolder(IOptions<ModelsOptions> options, SymbolCatalog catalog, TimeProvider time)
{
    /// <summary>What a model's file name looks like.</summary>
    public static readonly string[] Patterns = ["*" + Extension, "*" + OnnxExtension];

    private const string Extension = ".pth";
    private const string OnnxExtension = ".onnx";
    private const string Best = "_best";
    private const string Candidate = "_candidate";
    private const string Version = "_v";
    private const string Training = ".training";

    private string Folder => options.Value.Folder;

    /// <summary>Whether a file is an ONNX model, by its name.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(OnnxExtension, StringComparison.Ordinal);

    /// <summary>The folder's models by the name they begin with, a symbol's or an alias.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public ILookup<string, string> List() =>
        Patterns.SelectMany(pattern => Directory.EnumerateFiles(Folder, pattern)).Select(path => Path.GetFileName(path))
            .ToLookup(Before, StringComparer.Ordinal);

    /// <summary>The best model's path, there or not, and then those of its versions by number.</summary>
    /// <param name="symbol">A canonical symbol, so no caller's text becomes a path.</param>
    /// <param name="files">What <see cref="List"/> gave.</param>
    public string[] PathsOf(string symbol, ILookup<string, string> files)
    {
        // MATIC's model may go by its alias POL.
        var names = catalog.NamesOf(symbol);
        var best = names.Select(name => name + Best + Extension).FirstOrDefault(IsThere)
            ?? names.Select(name => name + Best + OnnxExtension).FirstOrDefault(IsThere)
            ?? symbol + Best + Extension;
        var prefix = Before(best) + Version;
        return files[Before(best)]
            .Select(file => (File: file, Number: VersionNumber(file, prefix)))
            .Where(version => version.Number is not null && !(IsOnnx(version.File) && IsThere(CheckpointLike(version.File))))
            .OrderBy(version => version.Number)
            .Select(version => version.File)
            .Prepend(best)
            .Select(file => Path.Join(Folder, file))
            .ToArray();

        bool IsThere(string file) => files[Before(file)].Contains(file);
    }

    /// <summary>The symbol's ONNX files that could serve or have served, but for a checkpoint that does instead; each with that.</summary>
    /// <param name="symbol">A canonical symbol.</param>
    /// <param name="files">What <see cref="List"/> gave.</param>
    public IEnumerable<(string Onnx, string Instead)> PassedOver(string symbol, ILookup<string, string> files)
    {
        var taken = PathsOf(symbol, files).Select(path => Path.GetFileName(path)).ToArray();
        return catalog.NamesOf(symbol)
            .SelectMany(name => files[name]
                .Where(IsOnnx)
                .Where(file => file == name + Best + OnnxExtension || (VersionNumber(file, name + Version) is not null && IsBeside(file))))
            .Except(taken)
            .Select(file => (file, IsBeside(file) ? CheckpointLike(file) : taken[0]));

        bool IsBeside(string file) => files[Before(file)].Contains(CheckpointLike(file));
    }

    /// <summary>The symbol's own ONNX model, which no training replaces; null where there is none.</summary>
    public string? OnnxOf(string symbol)
    {
        var files = List();
        return catalog.NamesOf(symbol).Select(name => name + Best + OnnxExtension).FirstOrDefault(file => files[Before(file)].Contains(file));
    }

    /// <summary>Where the model is that serves, there or not.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    public string BestOf(string symbol) => PathsOf(symbol, List())[0];

    /// <summary>Where a checkpoint would be that serves, in a folder that cannot be listed.</summary>
    public string UnlistedBestOf(string symbol) => Path.Join(Folder, symbol + Best + Extension);

    /// <summary>Where a checkpoint waits that does not serve.</summary>
    public string CandidateOf(string symbol) => NameOf(symbol) + Candidate + Extension;

    /// <summary>Where what served waits after <see cref="Rollback"/>.</summary>
    /// <param name="best">What <see cref="BestOf"/> gave before.</param>
    public static string TakenBack(string best) => Before(best) + Candidate + Path.GetExtension(best);

    /// <summary>Where the first model goes that has served.</summary>
    public string FirstVersionOf(string symbol) => NameOf(symbol) + Version + "1" + Extension;

    /// <summary>Every model of a symbol, whether it serves, has served, or waits.</summary>
    public IEnumerable<string> AllOf(string symbol)
    {
        var files = List();
        return catalog.NamesOf(symbol).SelectMany(name => files[name].Order(StringComparer.Ordinal)).Select(file => Path.Join(Folder, file));
    }

    /// <summary>Where a training is kept that is under way.</summary>
    /// <param name="name">A symbol, or what the training of several is called.</param>
    public string TrainingOf(string name) => Path.Join(Folder, name + Training);

    private string NameOf(string symbol) => Path.Join(Folder, Before(Path.GetFileName(BestOf(symbol))));

    private static string Before(string file) => file[..Math.Max(0, file.LastIndexOf('_'))];

    private static string CheckpointLike(string file) => Path.ChangeExtension(file, Extension);

    private static int? VersionNumber(string file, string prefix) =>
        file.StartsWith(prefix, StringComparison.Ordinal)
        && int.TryParse(Path.GetFileNameWithoutExtension(file.AsSpan()[prefix.Length..]), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
