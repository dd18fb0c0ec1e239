using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Training;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>
/// The checkpoint folder, and the one place that knows its file names: <c>_best</c> serves; <c>_v1</c>, <c>_v2</c> and so on served before, newest
/// last; <c>_candidate</c> is trained but does not serve; <c>.training</c> is a training in progress; <c>.trainings</c> holds the results of the last ones. A model is a checkpoint, or an ONNX file from
/// elsewhere; where both exist under one name, the checkpoint serves. A supported symbol without a model is served by <see cref="Pooled"/>. Files are
/// written atomically.
/// </summary>
internal sealed partial class CheckpointFolder(IOptions<ModelsOptions> options, SymbolCatalog catalog, TimeProvider time)
{
    /// <summary>The name of the pooled network, which has a serving model, versions and a candidate like a symbol.</summary>
    public const string Pooled = TrainingGroup.PooledName;

    /// <summary>Patterns of the file names of models.</summary>
    public static readonly string[] Patterns = ["*" + Extension, "*" + OnnxExtension];

    private const string Extension = ".pth";
    private const string OnnxExtension = ".onnx";
    private const string Best = "_best";
    private const string Candidate = "_candidate";
    private const string Version = "_v";
    private const string Training = ".training";

    private string Folder => options.Value.Folder;

    /// <summary>Whether a file is an ONNX model, judged by its name.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(OnnxExtension, StringComparison.Ordinal);

    /// <summary>Whether a file, with its extension or without, is one of the pooled network.</summary>
    public static bool IsPooled(string path) => Before(Path.GetFileName(path)) == Pooled;

    /// <summary>The folder's models by the first part of their names: a symbol or an alias.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the folder.</exception>
    public ILookup<string, string> List() =>
        Patterns.SelectMany(pattern => Directory.EnumerateFiles(Folder, pattern)).Select(path => Path.GetFileName(path))
            .ToLookup(Before, StringComparer.Ordinal);

    /// <summary>The path of the best model, whether the file exists or not, then those of its versions by number.</summary>
    /// <param name="symbol">A canonical symbol, so that no caller's text becomes a path.</param>
    /// <param name="files">The result of <see cref="List"/>.</param>
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

    /// <summary>
    /// The paths of the models that serve a symbol, like <see cref="PathsOf"/>: its own where it has a best model, else the pooled ones where it is supported.
    /// </summary>
    /// <param name="symbol">A canonical symbol.</param>
    /// <param name="files">The result of <see cref="List"/>.</param>
    public string[] ServingPathsOf(string symbol, ILookup<string, string> files)
    {
        var own = PathsOf(symbol, files);
        if (IsThere(own) || !catalog.IsSupported(symbol))
        {
            return own;
        }

        var pooled = PathsOf(Pooled, files);
        return IsThere(pooled) ? pooled : own;

        bool IsThere(string[] paths) => Path.GetFileName(paths[0]) is var best && files[Before(best)].Contains(best);
    }

    /// <summary>The symbol's ONNX files that do not serve because a checkpoint of the same name does, each with that checkpoint.</summary>
    /// <param name="symbol">A canonical symbol.</param>
    /// <param name="files">The result of <see cref="List"/>.</param>
    public IEnumerable<(string Onnx, string Instead)> ShadowedOnnx(string symbol, ILookup<string, string> files)
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

    /// <summary>The symbol's serving ONNX model, which a training does not replace; null where there is none.</summary>
    public string? OnnxOf(string symbol)
    {
        var files = List();
        return catalog.NamesOf(symbol).Select(name => name + Best + OnnxExtension).FirstOrDefault(file => files[Before(file)].Contains(file));
    }

    /// <summary>The path of the serving model, whether the file exists or not.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    public string BestOf(string symbol) => PathsOf(symbol, List())[0];

    /// <summary>The default path of the serving checkpoint, for a folder that cannot be listed.</summary>
    public string UnlistedBestOf(string symbol) => Path.Join(Folder, symbol + Best + Extension);

    /// <summary>The path of the candidate.</summary>
    public string CandidateOf(string symbol) => NameOf(symbol) + Candidate + Extension;

    /// <summary>The path to which <see cref="Rollback"/> moves the model that served.</summary>
    /// <param name="best">The result of <see cref="BestOf"/> before the rollback.</param>
    public static string RolledBackPath(string best) => Before(best) + Candidate + Path.GetExtension(best);

    /// <summary>The path of the first version.</summary>
    public string FirstVersionOf(string symbol) => NameOf(symbol) + Version + "1" + Extension;

    /// <summary>All models that may have served a symbol: its own, serving, earlier versions and candidate, then those of the pooled network.</summary>
    public IEnumerable<string> AllOf(string symbol)
    {
        var files = List();
        return catalog.NamesOf(symbol).Append(Pooled).SelectMany(name => files[name].Order(StringComparer.Ordinal)).Select(file => Path.Join(Folder, file));
    }

    /// <summary>The path of the state of a training in progress.</summary>
    /// <param name="name">A symbol, or the name of a training of several symbols.</param>
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
