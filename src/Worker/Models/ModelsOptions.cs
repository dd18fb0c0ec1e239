using System.ComponentModel.DataAnnotations;
using Coinsphere.Messaging.Forecasting.Lstm;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Section <c>Models</c>.</summary>
internal sealed class ModelsOptions
{
    public const string Section = "Models";

    /// <summary>The checkpoint folder, see <see cref="CheckpointFolder"/>; <c>MODEL_CHECKPOINT_DIR</c> sets it.</summary>
    [Required]
    public string Folder { get; set; } = "./models/checkpoints";

    /// <summary>The time between rescans of the folder. Without notifications, as on network folders, a change is found this much later.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00", ErrorMessage = "expected 00:00:00.1 to 01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Megabytes of weights kept in memory. Beyond it the least recently used models are evicted, and read again when they are needed.</summary>
    [Range(1, 1_000_000)]
    public int MemoryBudgetMb { get; set; } = 512;

    /// <summary>The engine that computes checkpoints, see <see cref="Engines"/>.</summary>
    [AllowedValues(ManagedEngine.EngineName, Engines.Torch, ErrorMessage = "expected managed or torch")]
    public string Engine { get; set; } = ManagedEngine.EngineName;
}

/// <summary>Stops the start of a worker without a readable checkpoint folder. A folder without a model is valid: models may come later.</summary>
internal sealed class ModelsOptionsValidator : IValidateOptions<ModelsOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        try
        {
            // Only an attempt finds a folder that exists but cannot be read.
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
