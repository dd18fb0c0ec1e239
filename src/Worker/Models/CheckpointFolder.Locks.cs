using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

// One trainer at a time is at a symbol.
internal sealed partial class CheckpointFolder
{
    private const string LockFolder = ".locks";

    // What Linux and Windows say of a file that another process holds.
    private const int WouldBlock = 11;
    private const int SharingViolation = 32;

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
                ModelsOptions.Section, typeof(ModelsOptions), [$"Models:Folder is '{Folder}', expected a folder that a trainer may write to: {fault.Message}"]);
        }
    }

    private string Locks() => Directory.CreateDirectory(Path.Join(Folder, LockFolder)).FullName;
}
