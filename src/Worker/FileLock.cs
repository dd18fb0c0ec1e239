namespace Coinsphere.Messaging.Worker;

/// <summary>A lock among the processes that use the same folder: a file that is open without sharing. It ends with its process.</summary>
internal static class FileLock
{
    // The error codes of Linux and Windows for a file that another process has locked.
    private const int WouldBlock = 11;
    private const int SharingViolation = 32;

    /// <summary>Holds the lock until the result is disposed of; null where another holder has it, in this process too. The folder must exist.</summary>
    /// <exception cref="IOException">The file cannot be created.</exception>
    public static FileStream? Try(string path)
    {
        try
        {
            // The lock file is never deleted: another process may have it open, and a third one would then lock a new file of its own.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException fault) when ((fault.HResult & 0xFFFF) is WouldBlock or SharingViolation)
        {
            return null;
        }
    }
}
