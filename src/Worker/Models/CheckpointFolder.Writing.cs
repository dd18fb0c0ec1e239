using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

internal sealed partial class CheckpointFolder
{
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
        AtomicFile.RemoveAbandoned(Folder, time.GetUtcNow(), Extension, OnnxExtension, Training);
        AtomicFile.Write(path, content);
    }
}
