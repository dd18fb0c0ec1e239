using System.Globalization;
using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

// Moves checkpoints between serving, earlier versions and candidate. A process may be killed between any two steps. Each step is atomic, the serving
// checkpoint is copied before it is replaced, and repeating all steps gives the same result.
internal sealed partial class CheckpointFolder
{
    /// <summary>Writes the candidate.</summary>
    public void WriteCandidate(string symbol, byte[] checkpoint) => Write(CandidateOf(symbol), stream => stream.Write(checkpoint));

    /// <summary>Makes the candidate the serving checkpoint, and the previous one the newest version. Only the given number of versions is kept.</summary>
    /// <exception cref="IOException">There is no candidate, an ONNX model serves, or the folder cannot be written to.</exception>
    public void Promote(string symbol, int keepVersions)
    {
        if (OnnxOf(symbol) is { } own)
        {
            throw new IOException($"{own} exists: a training does not replace an ONNX model");
        }

        var name = NameOf(symbol);
        string[] paths = PathsOf(symbol, List());
        var (best, versions) = (paths[0], paths[1..]);
        // An interrupted promotion may already have copied the serving checkpoint to the newest version.
        if (File.Exists(best) && !(versions is [.., var newest] && IsSame(newest, best)))
        {
            var next = (versions.Length == 0 ? 0 : VersionNumber(Path.GetFileName(versions[^1]), Path.GetFileName(name) + Version)!.Value) + 1;
            var version = name + Version + next.ToString(CultureInfo.InvariantCulture) + Extension;
            Copy(best, version);
            versions = [.. versions, version];
        }

        File.Move(name + Candidate + Extension, best, overwrite: true);
        foreach (var old in versions[..Math.Max(0, versions.Length - keepVersions)])
        {
            File.Delete(old);
        }
    }

    /// <summary>Makes the newest version the serving checkpoint again, and the one that served the candidate.</summary>
    /// <returns>The version that serves now; null where there is no version, and nothing has changed.</returns>
    public string? Rollback(string symbol)
    {
        string[] paths = PathsOf(symbol, List());
        var best = paths[0];
        foreach (var version in paths[1..].Reverse())
        {
            if (File.Exists(best) && IsSame(version, best))
            {
                // An interrupted promotion left a copy of the serving checkpoint. Rolling back to it would change nothing.
                File.Delete(version);
                continue;
            }

            DeleteResult(symbol);
            if (File.Exists(best))
            {
                Copy(best, RolledBackPath(best));
            }

            var next = Path.ChangeExtension(best, Path.GetExtension(version));
            File.Move(version, next, overwrite: true);
            if (next != best)
            {
                File.Delete(best);
            }

            return version;
        }

        return null;
    }

    private static bool IsSame(string a, string b)
    {
        using var first = RegularFile.OpenRead(a);
        using var second = RegularFile.OpenRead(b);
        if (first.Length != second.Length)
        {
            return false;
        }

        var (mine, theirs) = (new byte[64 * 1024], new byte[64 * 1024]);
        int read;
        while ((read = first.ReadAtLeast(mine, mine.Length, throwOnEndOfStream: false)) > 0)
        {
            if (second.ReadAtLeast(theirs, theirs.Length, throwOnEndOfStream: false) != read || !mine.AsSpan(0, read).SequenceEqual(theirs.AsSpan(0, read)))
            {
                return false;
            }
        }

        return true;
    }
}
