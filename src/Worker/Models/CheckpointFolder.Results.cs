using System.Text.Json;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Files;

namespace Coinsphere.Messaging.Worker.Models;

// The result of each symbol's last training, as .trainings/{SYMBOL}.json. It is written before the candidate is promoted, so a promotion that was
// interrupted can be told from a network that was kept.
internal sealed partial class CheckpointFolder
{
    private const string ResultFolder = ".trainings";
    private const string ResultExtension = ".json";

    // A result has some hundred bytes.
    private const int MaxResultBytes = 1 << 16;

    /// <summary>Records the result of a training, before its candidate is promoted.</summary>
    public void WriteResult(string symbol, TrainingResult result)
    {
        var path = ResultOf(symbol);
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(path)!).FullName;
        AtomicFile.RemoveAbandoned(folder, time.GetUtcNow(), ResultExtension);
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, result, ContractsJson.Body.TrainingResult));
    }

    /// <summary>The result of the symbol's last training; null where none is recorded, or the record cannot be read.</summary>
    public TrainingResult? LastResult(string symbol)
    {
        try
        {
            var path = ResultOf(symbol);
            if (!File.Exists(path))
            {
                return null;
            }

            using var stream = RegularFile.OpenRead(path);
            return stream.Length <= MaxResultBytes ? JsonSerializer.Deserialize(stream, ContractsJson.Body.TrainingResult) : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // It explains the past and no answer depends on it. The next training writes it anew.
            return null;
        }
    }

    /// <summary>Whether the last training's network was to be promoted, but is the candidate still: the promotion was interrupted.</summary>
    public bool IsPromotionInterrupted(string symbol)
    {
        if (LastResult(symbol) is not { Outcome: TrainingResult.Promoted } result || !File.Exists(CandidateOf(symbol)))
        {
            return false;
        }

        try
        {
            return ModelReader.Facts(CandidateOf(symbol)).Digest == result.ModelDigest;
        }
        catch (CheckpointException)
        {
            // Somebody replaced it: it is not what was to be promoted.
            return false;
        }
    }

    // A network that is rolled back becomes the candidate again, and must not look like one that is about to be promoted.
    private void DeleteResult(string symbol)
    {
        if (Directory.Exists(Path.GetDirectoryName(ResultOf(symbol))))
        {
            File.Delete(ResultOf(symbol));
        }
    }

    private string ResultOf(string symbol) => Path.Join(Folder, ResultFolder, symbol + ResultExtension);
}
