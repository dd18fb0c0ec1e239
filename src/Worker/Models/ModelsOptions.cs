using System.ComponentModel.DataAnnotations;
using Coinsphere.Messaging.Forecasting.Lstm;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Section <c>Models</c>.</summary>
internal sealed class ModelsOptions
{
    public const string Section = "Models";

    /// <summary>The folder of checkpoints, see <see cref="CheckpointFolder"/>; <c>MODEL_CHECKPOINT_DIR</c> sets it.</summary>
    [Required]
    public string Folder { get; set; } = "./models/checkpoints";

    /// <summary>How long a change may go unnoticed where the system tells of none, as on network folders.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "expected 00:00:00.1 to 01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Megabytes of weights kept in memory; beyond them the models unused for longest go, and are read again when they are asked for.</summary>
    [Range(1, 1_000_000)]
    public int MemoryBudgetMb { get; set; } = 512;

    /// <summary>What computes checkpoints, see <see cref="Engines"/>.</summary>
    [AllowedValues(ManagedEngine.EngineName, Engines.Torch, ErrorMessage = "expected managed or torch")]
    public string Engine { get; set; } = ManagedEngine.EngineName;
}

/// <summary>Stops a wrong start of a worker that answers. A folder without a model may get one.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        try
        {
            // A folder that is there and cannot be read is told of by the attempt alone.
            _ = Directory.EnumerateFileSystemEntries(options.Folder).Any();
            return ValidateOptionsResult.Success;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return ValidateOptionsResult.Fail(
                $"Models:Folder (MODEL_CHECKPOINT_DIR) is '{options.Folder}': expected an existing folder of checkpoints that this process may read");
        }
    }
}
