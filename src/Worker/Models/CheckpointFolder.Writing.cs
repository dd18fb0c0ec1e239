using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

// Files that appear whole: written beside their place, under a name that nobody reads, brought to the disk, and then renamed.
internal sealed partial class CheckpointFolder
{
    private const string Unfinished = ".tmp";

    // A file takes milliseconds to write.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Keeps a training that is under way.</summary>
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

    // What a process that was killed has left.
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
                // Another's, who will remove it.
            }
        }
    }
}
