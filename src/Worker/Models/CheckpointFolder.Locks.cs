using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

// One trainer at a time may work on a symbol.
internal sealed partial class CheckpointFolder
{
    private const string LockFolder = ".locks";

    // The error codes of Linux and Windows for a file that another process has locked.
    private const int WouldBlock = 11;
    private const int SharingViolation = 32;

    /// <summary>Locks a symbol against other trainers of the folder until the result is disposed of; null where another trainer holds the lock.</summary>
    public FileStream? TryLock(string symbol)
    {
        var locks = Locks();
        try
        {
            // The lock file is never deleted: another process may have it open, and a third one would then lock a new file of its own.
            return new FileStream(Path.Join(locks, symbol), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException fault) when ((fault.HResult & 0xFFFF) is WouldBlock or SharingViolation)
        {
            return null;
        }
    }

    /// <summary>Throws for a folder that cannot be written to, before any time is spent on training.</summary>
    /// <exception cref="OptionsValidationException">The folder cannot be written to.</exception>
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
