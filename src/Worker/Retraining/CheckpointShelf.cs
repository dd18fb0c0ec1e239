using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.Models;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Retraining;

/// <summary>
/// A symbol's checkpoints in their folder: <c>_best</c> serves, <c>_v1</c>, <c>_v2</c> and so on served before it, newest last, and <c>_candidate</c> was trained and does not serve. Whoever reads the
/// folder sees a file whole or not at all.
/// </summary>
internal sealed class CheckpointShelf(IOptions<ModelsOptions> options, SymbolCatalog catalog)
{
    private const string LockFolder = ".locks";

    // What Linux and Windows say of a file that another process holds.
    private const int WouldBlock = 11;
    private const int SharingViolation = 32;

    private readonly ModelFolder _folder = new(options.Value.Folder, catalog);

    /// <summary>Where the checkpoint is that serves, there or not.</summary>
    public string BestOf(string symbol) => _folder.PathsOf(symbol)[0];

    /// <summary>Where a checkpoint waits that does not serve.</summary>
    public string CandidateOf(string symbol) => NameOf(symbol) + "_candidate.pth";

    /// <summary>Writes the candidate.</summary>
    public void Write(string symbol, byte[] checkpoint) => WholeFile.Write(CandidateOf(symbol), checkpoint);

    /// <summary>The candidate serves from now on, and what served before becomes the newest version; of more than so many versions the oldest go.</summary>
    public void Promote(string symbol, int keepVersions)
    {
        var best = BestOf(symbol);
        var versions = _folder.PathsOf(symbol)[1..];
        if (File.Exists(best))
        {
            var version = NameOf(symbol) + string.Create(CultureInfo.InvariantCulture, $"_v{(versions.Length == 0 ? 0 : NumberOf(versions[^1])) + 1}.pth");
            WholeFile.Copy(best, version);
            versions = [.. versions, version];
        }

        File.Move(CandidateOf(symbol), best, overwrite: true);
        foreach (var old in versions[..Math.Max(0, versions.Length - keepVersions)])
            File.Delete(old);
    }

    /// <summary>The newest version serves again, and what served becomes the candidate.</summary>
    /// <returns>The version that serves now; null where there is none, and nothing has changed.</returns>
    public string? Rollback(string symbol)
    {
        var paths = _folder.PathsOf(symbol);
        if (paths is not [var best, .., var newest])
            return null;
        if (File.Exists(best))
            WholeFile.Copy(best, CandidateOf(symbol));
        File.Move(newest, best, overwrite: true);
        return newest;
    }

    /// <summary>Keeps other trainers of the folder from a symbol until it is disposed of; null where one is at it.</summary>
    public FileStream? TryLock(string symbol)
    {
        var locks = Locks();
        try
        {
            // It stays: deleting what another process has opened would let a third one lock a file of its own.
            return new FileStream(Path.Join(locks, symbol), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException fault) when ((fault.HResult & 0xFFFF) is WouldBlock or SharingViolation)
        {
            return null;
        }
    }

    /// <summary>Refuses a folder that nothing can be written to, before a training has been for nothing.</summary>
    /// <exception cref="OptionsValidationException">It may not be written to.</exception>
    public void RequireWritable()
    {
        try
        {
            Locks();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OptionsValidationException(
                ModelsOptions.Section, typeof(ModelsOptions), [$"Models:Folder is '{options.Value.Folder}', expected a folder that a trainer may write to: {fault.Message}"]);
        }
    }

    private string Locks() => Directory.CreateDirectory(Path.Join(options.Value.Folder, LockFolder)).FullName;

    // MATIC's checkpoints may go by its alias POL.
    private string NameOf(string symbol) => BestOf(symbol)[..^"_best.pth".Length];

    private static int NumberOf(string path) => int.Parse(path.AsSpan()[(path.LastIndexOf("_v", StringComparison.Ordinal) + 2)..^".pth".Length], CultureInfo.InvariantCulture);
}
