using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

// One trainer at a time may work on a symbol.
internal sealed partial class CheckpointFolder
{
    private const string LockFolder = ".locks";

    /// <summary>Locks a symbol against other trainers of the folder until the result is disposed of; null where another trainer holds the lock.</summary>
    public FileStream? TryLock(string symbol) => FileLock.Try(Path.Join(Locks(), symbol));

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
