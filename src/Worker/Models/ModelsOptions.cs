using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Worker.Models;

/// <summary>Section <c>Models</c>.</summary>
internal sealed class ModelsOptions
{
    public const string Section = "Models";

    /// <summary>The folder of checkpoints, <c>{SYMBOL}_best.pth</c> and, for ensembles, <c>{SYMBOL}_v1.pth</c> and so on; <c>MODEL_CHECKPOINT_DIR</c> sets it.</summary>
    [Required]
    public string Folder { get; set; } = "./models/checkpoints";
}
