using System.Globalization;
using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

// What serves, and what served before. A process may be killed between any two steps: each is atomic, what serves is copied before it is replaced, and the same
// steps from the start come to the same end.
internal sealed partial class CheckpointFolder
{
    /// <summary>Writes the candidate.</summary>
    public void WriteCandidate(string symbol, byte[] checkpoint) => Write(CandidateOf(symbol), stream => stream.Write(checkpoint));

    /// <summary>The candidate serves from now on, and what served before becomes the newest version; of more than so many versions the oldest go.</summary>
    /// <exception cref="IOException">There is no candidate, an ONNX model serves, or the folder cannot be written to.</exception>
    public void Promote(string symbol, int keepVersions)
    {
        if (OnnxOf(symbol) is { } own)
        {
            throw new IOException($"{own} is there, which no training replaces");
        }

        var name = NameOf(symbol);
        string[] paths = PathsOf(symbol, List());
        var (best, versions) = (paths[0], paths[1..]);
        // A promotion that was interrupted has left a copy of what serves as the newest version.
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

    /// <summary>The newest version serves again, and what served becomes the candidate.</summary>
    /// <returns>The version that serves now; null where there is none, and nothing has changed.</returns>
    public string? Rollback(string symbol)
    {
        string[] paths = PathsOf(symbol, List());
        var best = paths[0];
        foreach (var version in paths[1..].Reverse())
        {
            if (File.Exists(best) && IsSame(version, best))
            {
                // An interrupted promotion has left it: to go back to it would change nothing.
                File.Delete(version);
                continue;
            }

            if (File.Exists(best))
            {
                Copy(best, TakenBack(best));
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
