namespace Coinsphere.Messaging.Forecasting.Files;

/// <summary>
/// Atomic writes: a file is written under a temporary name beside it that nobody reads, flushed to disk, and renamed. A reader sees the old file or
/// the new one, also where the process is killed meanwhile.
/// </summary>
public static class AtomicFile
{
    /// <summary>The extension of a file that is still being written.</summary>
    public const string Unfinished = ".tmp";

    // Writing a file takes milliseconds.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Writes a file; an existing one is replaced.</summary>
    /// <param name="path">The file. Its folder exists.</param>
    /// <param name="content">Writes the content.</param>
    public static void Write(string path, Action<Stream> content)
    {
        var unfinished = $"{path}.{Guid.NewGuid():N}{Unfinished}";
        try
        {
            using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Deletes temporary files of processes that were killed over an hour ago.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">The current time.</param>
    /// <param name="kinds">Extensions of the files that were written, such as <c>.csv</c>.</param>
    public static void RemoveAbandoned(string folder, DateTimeOffset now, params IEnumerable<string> kinds)
    {
        var before = now.UtcDateTime - Abandoned;
        foreach (var file in kinds.SelectMany(kind => Directory.EnumerateFiles(folder, $"*{kind}*{Unfinished}")))
        {
            try
            {
                if (File.GetLastWriteTimeUtc(file) < before)
                {
                    File.Delete(file);
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Another process owns it, and will remove it.
            }
        }
    }
}
