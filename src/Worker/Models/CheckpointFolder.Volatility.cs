using System.Globalization;
using Coinsphere.Messaging.Forecasting.Volatility;

namespace Coinsphere.Messaging.Worker.Models;

// The volatility model of all symbols lies beside their checkpoints; earlier ones are volatility_v1.json and so on, newest last.
internal sealed partial class CheckpointFolder
{
    /// <summary>The name of the file of the volatility model.</summary>
    public const string VolatilityName = VolatilityStem + VolatilityExtension;

    private const string VolatilityStem = "volatility";
    private const string VolatilityExtension = ".json";

    /// <summary>Whether a file is a volatility model, judged by its name.</summary>
    public static bool IsVolatility(string path) => path.EndsWith(VolatilityExtension, StringComparison.Ordinal);

    /// <summary>The path of the volatility model, whether the file exists or not.</summary>
    public string VolatilityPath => Path.Join(Folder, VolatilityName);

    /// <summary>The paths of earlier volatility models, oldest first.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be read.</exception>
    public string[] VolatilityVersions() => [.. NumberedVolatilities().Select(version => version.Path)];

    /// <summary>Makes a volatility model the serving one, and the one that served the newest version. Only the given number of versions is kept.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public void WriteVolatility(VolatilityModel model, int keepVersions)
    {
        var versions = NumberedVolatilities();
        // An interrupted writing may already have copied the serving one to the newest version.
        if (File.Exists(VolatilityPath) && !(versions is [.., var newest] && IsSame(newest.Path, VolatilityPath)))
        {
            var next = versions is [.., var last] ? last.Number + 1 : 1;
            var version = Path.Join(Folder, string.Create(CultureInfo.InvariantCulture, $"{VolatilityStem}{Version}{next}{VolatilityExtension}"));
            Copy(VolatilityPath, version);
            versions = [.. versions, (version, next)];
        }

        Write(VolatilityPath, stream => stream.Write(VolatilityFile.Write(model)));
        foreach (var (old, _) in versions[..Math.Max(0, versions.Length - keepVersions)])
        {
            File.Delete(old);
        }
    }

    private (string Path, int Number)[] NumberedVolatilities() =>
        [.. Directory.EnumerateFiles(Folder, VolatilityStem + Version + "*" + VolatilityExtension)
            .Select(path => (Path: path, Number: VersionNumber(Path.GetFileName(path), VolatilityStem + Version)))
            .Where(version => version.Number is not null)
            .Select(version => (version.Path, version.Number!.Value))
            .OrderBy(version => version.Value)];
}
