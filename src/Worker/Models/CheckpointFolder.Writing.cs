using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

// Atomic writes: a file is written under a temporary name that nobody reads, flushed to disk, and renamed.
internal sealed partial class CheckpointFolder
{
    private const string Unfinished = ".tmp";

    // Writing a file takes milliseconds.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Writes the state of a training in progress.</summary>
    public void WriteTraining(string name, byte[] content) => Write(TrainingOf(name), stream => stream.Write(content));

    /// <summary>Deletes a training that has ended.</summary>
    public void DeleteTraining(string name) => File.Delete(TrainingOf(name));

    private void Copy(string from, string to)
    {
        using var source = RegularFile.OpenRead(from);
        Write(to, source.CopyTo);
    }

    private void Write(string path, Action<Stream> content)
    {
        RemoveAbandoned();
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

    // Temporary files of processes that were killed.
    private void RemoveAbandoned()
    {
        var before = time.GetUtcNow().UtcDateTime - Abandoned;
        foreach (var file in new[] { Extension, OnnxExtension, Training }.SelectMany(kind => Directory.EnumerateFiles(Folder, $"*{kind}*{Unfinished}")))
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
